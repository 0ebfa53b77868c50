-- Which is the newest run of a kind, for a plan or, without one, for the district?
select run.id
from onemap.run
where
    run.district_id = :district_id
    and run.kind = :kind
    and run.plan_id is not distinct from cast(:plan_id as bigint)
order by run.id desc
limit 1
