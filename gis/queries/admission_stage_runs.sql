-- Which assignments of a stage and year are stored, by which plan and rules? The newest first.
select
    run.id,
    plan.code as plan_code,
    plan.name_zh as plan_name_zh,
    plan.name_en as plan_name_en,
    run.parameters ->> 'rules' as rules,
    run.rule_version,
    run.seed,
    run.finished_at,
    run.who
from onemap.run
join onemap.plan on plan.id = run.plan_id
where run.district_id = :district_id and run.kind = :kind
order by run.id desc
