-- Of the children of each catchment, how many were seated at its school? By a run, or the newest.
select
    school.id,
    school.name_zh,
    school.name_en,
    catchment.geom,
    cut.seats,
    cut.children,
    cut.seated,
    cut.placed_elsewhere
from onemap.catchment
join onemap.school on school.id = catchment.school_id
left join (
    select
        admission_cut.school_id,
        max(admission_cut.seats) as seats,
        sum(admission_cut.children) as children,
        sum(admission_cut.seated) as seated,
        sum(admission_cut.placed_elsewhere) as placed_elsewhere
    from onemap.admission_cut
    where
        admission_cut.run_id = (
            select max(run.id)
            from onemap.run
            where
                run.district_id = :district_id
                and run.kind = :kind
                and run.plan_id = :plan_id
                and run.id = coalesce(cast(:run_id as bigint), run.id)
        )
    group by admission_cut.school_id
) as cut on cut.school_id = catchment.school_id
where catchment.plan_id = :plan_id and catchment.stage = :stage
order by school.code
