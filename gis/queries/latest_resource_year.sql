-- Which is the newest school year with resource facts?
select max(resource_fact.year) as year
from onemap.resource_fact
join onemap.school on school.id = resource_fact.school_id
where school.district_id = :district_id
