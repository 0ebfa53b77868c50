-- Where does each school of the district stand, and of which kind of area is it?
select school.id as school_id, school.subdistrict_id, school.urban, school.geom
from onemap.school
where school.district_id = :district_id
order by school.code
