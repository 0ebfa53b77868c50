-- The newest run of each kind and plan that is older than a load of a dataset it read. A yearly
-- assignment is a decision of its day: officers repeat it, no computation does.
select
    run.id as run_id,
    run.kind,
    plan.code as plan_code,
    run.finished_at
from (
    select distinct on (run.kind, run.plan_id) run.*
    from onemap.run
    where run.district_id = :district_id
    and run.kind not like 'admission %'
    order by run.kind, run.plan_id, run.id desc
) as run
left join onemap.plan on plan.id = run.plan_id
where exists (
    select 1
    from onemap.source_load
    where source_load.district_id = :district_id
    and source_load.loaded_at > run.finished_at
    and run.datasets ? source_load.dataset
    and source_load.rows_new + source_load.rows_changed + source_load.rows_removed > 0
)
order by run.kind, plan.code
