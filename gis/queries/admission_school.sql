-- What kind of school is it, is it public, and until when open?
select school.id, school.code, school.name_zh, school.kind, school.public, school.closed_on
from onemap.school
where school.district_id = :district_id and school.code = :code
