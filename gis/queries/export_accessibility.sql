-- How many seats are within reach of a child in each planning unit, and which school is nearest?
select
    planning_unit.code || '/' || accessibility.stage as code,
    planning_unit.code as planning_unit_code,
    planning_unit.name_zh,
    accessibility.stage,
    accessibility.year::int as year,
    accessibility.seats_per_child,
    school.code as nearest_school_code,
    school.name_zh as nearest_school_zh,
    school.name_en as nearest_school_en,
    accessibility.nearest_walk_m,
    accessibility.run_id,
    null::date as valid_from,
    null::date as valid_to,
    cast(run.finished_at at time zone 'UTC' as date) as changed_on,
    planning_unit.geom
from onemap.accessibility
join onemap.run on run.id = accessibility.run_id
join onemap.planning_unit on planning_unit.id = accessibility.planning_unit_id
left join onemap.school on school.id = accessibility.nearest_school_id
where
    accessibility.run_id = (
        select max(newest.id)
        from onemap.run as newest
        where newest.district_id = :district_id and newest.kind = 'accessibility'
    )
    and (cast(:stage as text) is null or accessibility.stage = :stage)
    and accessibility.year = :year
order by accessibility.stage, planning_unit.code
