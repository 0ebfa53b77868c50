-- What did inspections of projects find, and what is still open?
select
    inspection.project_id,
    inspection.code,
    inspection.inspected_on,
    inspection.inspector,
    inspection.severity,
    inspection.finding,
    inspection.closed_on,
    inspection.photo_file,
    project_building.name_zh as building_name_zh,
    project_building.name_en as building_name_en,
    st_x(inspection.geom) as longitude,
    st_y(inspection.geom) as latitude
from onemap.inspection
join onemap.project on project.id = inspection.project_id
left join onemap.project_building on project_building.id = inspection.project_building_id
where project.district_id = :district_id
order by inspection.inspected_on desc, inspection.code desc
