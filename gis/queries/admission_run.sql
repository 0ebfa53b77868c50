-- From which plan, rules, seed and program did an assignment come?
select
    run.id,
    run.district_id,
    run.started_at,
    run.seed,
    run.code_version,
    run.inputs_digest,
    run.parameters,
    plan.id as plan_id,
    plan.code as plan,
    plan.name_zh as plan_name_zh,
    plan.name_en as plan_name_en,
    plan.digest as plan_digest,
    admission_rule.text as rules_text
from onemap.run
join onemap.plan on plan.id = run.plan_id
left join onemap.admission_rule
    on admission_rule.district_id = run.district_id
    and admission_rule.version = run.parameters ->> 'rule_version'
where run.id = :run_id and run.kind like 'admission %'
