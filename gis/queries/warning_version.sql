-- Which is the newest thing that happened to a warning of a district?
select coalesce(max(warning_event.id), 0) as version
from onemap.warning_event
join onemap.warning on warning.id = warning_event.warning_id
where warning.district_code = :district_code
