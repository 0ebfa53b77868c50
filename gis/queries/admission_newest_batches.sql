-- Which is the newest assignment of a kind that counted its batches, of the plan before others?
select run.id as run_id, plan.code as plan_code, admission_rule.text as rules_text
from onemap.run
join onemap.plan on plan.id = run.plan_id
left join onemap.admission_rule
    on admission_rule.district_id = run.district_id
    and admission_rule.version = run.parameters ->> 'rule_version'
where
    run.district_id = :district_id
    and run.kind = :kind
    and exists (select 1 from onemap.unit_batch where unit_batch.run_id = run.id)
order by (run.plan_id = :plan_id) desc, run.id desc
limit 1
