-- Which is the newest assignment of a stage and year, or the newest that holds a child?
select run.id
from onemap.run
where
    run.district_id = :district_id
    and run.kind like 'admission %'
    and (cast(:stage as text) is null or run.parameters ->> 'stage' = :stage)
    and (cast(:year as integer) is null or cast(run.parameters ->> 'year' as integer) = :year)
    and (
        cast(:child_code as text) is null
        or run.id in (
            select admission_result.run_id
            from registry.admission_result
            where admission_result.child_code = :child_code
        )
    )
order by run.id desc
limit 1
