-- Which are the newest forecast runs of a district for a plan and scenario?
select
    max(run.id) filter (where run.kind = :demand_kind and run.plan_id is null) as demand_id,
    max(run.id) filter (where run.kind = :kind and run.plan_id = :plan_id) as plan_id
from onemap.run
where run.district_id = :district_id
