-- How does each school stand beside expectation in the paper :exam, or else in the newest one of a
-- stage that has value added, by the newest run?
with newest as (
    select max(run.id) as run_id
    from onemap.run
    where run.district_id = :district_id and run.kind = 'results'
),
chosen as (
    select paper.id, paper.name_zh, paper.name_en
    from onemap.paper
    where
        paper.district_id = :district_id
        and paper.stage = :stage
        and exists (
            select
            from onemap.school_attainment, newest
            where
                school_attainment.run_id = newest.run_id
                and school_attainment.paper_id = paper.id
                and school_attainment.value_added_points is not null
        )
    order by (paper.code = :exam) desc, paper.held_on desc, paper.code
    limit 1
)
select
    school.id,
    school.name_zh,
    school.name_en,
    school.geom,
    chosen.name_zh as paper_name_zh,
    chosen.name_en as paper_name_en,
    school_attainment.pupils,
    school_attainment.value_added_points,
    school_attainment.value_added_low,
    school_attainment.value_added_high,
    school_attainment.state
from newest
join onemap.school_attainment on school_attainment.run_id = newest.run_id
join chosen on chosen.id = school_attainment.paper_id
join onemap.school on school.id = school_attainment.school_id
where school_attainment.value_added_points is not null
order by school.code
