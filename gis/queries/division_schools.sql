-- By what codes and names do divisions of others call schools?
select code, name_zh, name_en
from onemap.school
where district_id = :district_id
order by code
