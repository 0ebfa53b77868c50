-- Which is the newest run of a kind: of the plan, where each plan has its own, else of the district?
select run.id
from onemap.run
where
    run.district_id = :district_id
    and run.kind = :kind
    and (run.plan_id is null or run.plan_id = cast(:plan_id as bigint))
order by run.id desc
limit 1
