-- Which schools are open on :day, of what kind, whose, and where are their gates?
select school.id, school.kind, school.public, school.geom
from onemap.school
where
    school.district_id = :district_id
    and (school.opened_on is null or school.opened_on <= :day)
    and (school.closed_on is null or school.closed_on > :day)
order by school.id
