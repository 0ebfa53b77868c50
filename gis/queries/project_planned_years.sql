-- From which school year were the seats of each project planned to open?
select project.id as project_id, min(project_seat.planned_year) as planned_year
from onemap.project
join onemap.project_seat on project_seat.project_id = project.id
where project.district_id = :district_id
group by project.id
