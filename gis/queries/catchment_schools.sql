-- Which schools may have a catchment in this stage? Public ones of the right kind that have
-- seats in it and are not closed on :day.
select school.id, school.code, school.planning_unit_id, school.geom
from onemap.school
where
    school.district_id = :district_id
    and school.public
    and school.kind = any(:kinds)
    and (school.closed_on is null or school.closed_on > :day)
    and exists (
        select 1 from onemap.seat where seat.school_id = school.id and seat.stage = :stage
    )
order by school.id
