-- How many children does a school admit in the end, decisions of officers included?
with last_decision as (
    select distinct on (admission_override.child_code)
        admission_override.child_code,
        admission_override.school_id
    from registry.admission_override
    where
        admission_override.district_id = :district_id
        and admission_override.stage = :stage
        and admission_override.year = :year
    order by admission_override.child_code, admission_override.id desc
)
select count(*) as children
from registry.admission_result
left join last_decision on last_decision.child_code = admission_result.child_code
where
    admission_result.run_id = :run_id
    and coalesce(last_decision.school_id, admission_result.school_id) = :school_id
