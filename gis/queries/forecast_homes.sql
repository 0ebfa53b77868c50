-- Which homes are being built or planned, where, and until when?
select
    housing_project.planning_unit_id,
    housing_project.tenure,
    housing_project.dwellings,
    housing_project.completed_on
from onemap.housing_project
where housing_project.district_id = :district_id
