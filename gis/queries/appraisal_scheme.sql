-- By which scheme are the schools of a district appraised? The last by its code.
select appraisal_scheme.code, appraisal_scheme.content
from onemap.appraisal_scheme
where appraisal_scheme.district_id = :district_id
order by appraisal_scheme.code desc
limit 1
