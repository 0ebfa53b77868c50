-- Which assignments of a stage and year are stored, by which plan? The newest first.
select
    run.id,
    plan.code as plan_code,
    plan.name_zh as plan_name_zh,
    plan.name_en as plan_name_en,
    run.seed,
    run.finished_at
from onemap.run
join onemap.plan on plan.id = run.plan_id
where run.district_id = :district_id and run.kind = :kind
order by run.id desc
