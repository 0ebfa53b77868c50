-- Which districts are loaded?
select
    code,
    name_zh,
    name_en
from onemap.district
order by id
