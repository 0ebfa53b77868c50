-- From which zone's school to which school were the children of a run placed?
select
    result.zone_school_id,
    zone.code as zone_code,
    zone.name_zh as zone_name_zh,
    zone.name_en as zone_name_en,
    st_x(zone.geom) as zone_longitude,
    st_y(zone.geom) as zone_latitude,
    result.school_id,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    st_x(school.geom) as school_longitude,
    st_y(school.geom) as school_latitude,
    count(*) as children,
    avg(result.walk_distance_m) as walk_distance_m
from registry.admission_result as result
join onemap.school as zone on zone.id = result.zone_school_id
join onemap.school on school.id = result.school_id
join onemap.run on run.id = result.run_id and run.district_id = :district_id
where result.run_id = :run_id and result.outcome = 'placed'
group by result.zone_school_id, zone.id, result.school_id, school.id
order by count(*) desc, zone.code, school.code
