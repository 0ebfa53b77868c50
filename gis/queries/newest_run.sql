-- Which is the newest run of a kind?
select run.id
from onemap.run
where run.district_id = :district_id and run.kind = :kind
order by run.id desc
limit 1
