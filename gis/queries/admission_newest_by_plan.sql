-- Which is the newest assignment of a stage and year by a plan?
select run.id
from onemap.run
where run.district_id = :district_id and run.kind = :kind and run.plan_id = :plan_id
order by run.id desc
limit 1
