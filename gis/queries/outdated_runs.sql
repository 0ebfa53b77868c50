-- The newest run of each kind and plan that read one of these datasets, or an unknown set of them.
select
    run.id as run_id,
    run.kind,
    plan.code as plan_code,
    run.finished_at
from (
    select distinct on (run.kind, run.plan_id) run.*
    from onemap.run
    where run.district_id = :district_id
    order by run.kind, run.plan_id, run.id desc
) as run
left join onemap.plan on plan.id = run.plan_id
where run.datasets ?| cast(:datasets as text[])
order by run.kind, plan.code
