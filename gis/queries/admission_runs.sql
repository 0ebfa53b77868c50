-- Which assignments are stored, and what came of them? The newest first.
with outcome as (
    select
        admission_result.run_id,
        count(*) as children,
        count(*) filter (where admission_result.outcome = 'seated') as seated,
        count(*) filter (where admission_result.outcome = 'placed') as placed,
        count(*) filter (where admission_result.outcome = 'exception') as exceptions
    from registry.admission_result
    join onemap.run on run.id = admission_result.run_id
    where run.district_id = :district_id
    group by admission_result.run_id
)
select
    run.id as run,
    run.parameters ->> 'stage' as stage,
    cast(run.parameters ->> 'year' as integer) as year,
    run.parameters ->> 'rules' as rules,
    run.parameters ->> 'plan' as plan,
    run.seed,
    outcome.children,
    outcome.seated,
    outcome.placed,
    outcome.exceptions,
    run.started_at,
    run.who
from onemap.run
join outcome on outcome.run_id = run.id
where
    run.district_id = :district_id
    and run.kind like 'admission %'
    and (cast(:stage as text) is null or run.parameters ->> 'stage' = :stage)
    and (cast(:year as integer) is null or cast(run.parameters ->> 'year' as integer) = :year)
order by run.id desc
