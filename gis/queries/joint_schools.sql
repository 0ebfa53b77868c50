-- Which schools share a catchment of the plan, and under which of them does it stand?
select measured.stage, school.id as school_id, lead.id as lead_id
from onemap.plan_measure as measured
join onemap.plan on plan.id = measured.plan_id
cross join lateral jsonb_array_elements(measured.terms -> 'joint') as shared (codes)
cross join lateral jsonb_array_elements_text(shared.codes) as member (code)
join onemap.school on school.district_id = plan.district_id and school.code = member.code
join onemap.school as lead
    on lead.district_id = plan.district_id and lead.code = shared.codes ->> 0
where measured.plan_id = :plan_id
order by measured.stage, school.id
