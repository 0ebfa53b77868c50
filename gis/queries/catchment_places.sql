-- Which subdistricts and communities does a catchment cover, or each of a plan and stage, with how
-- many planning units?
select
    plan_membership.school_id,
    subdistrict.code as subdistrict_code,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    community.name_zh as community_name_zh,
    count(*)::int as units
from onemap.plan_membership
join onemap.planning_unit on planning_unit.id = plan_membership.planning_unit_id
left join onemap.community on community.id = planning_unit.community_id
left join onemap.subdistrict on subdistrict.id = planning_unit.subdistrict_id
where
    plan_membership.plan_id = :plan_id
    and plan_membership.stage = :stage
    and (cast(:school_id as bigint) is null or plan_membership.school_id = :school_id)
group by plan_membership.school_id, subdistrict.id, community.id
order by plan_membership.school_id, subdistrict.code, community.code
