-- How many teachers of each sort served, entered and left in each school year? Small cells.
select
    told.stage,
    told.year,
    told.sort,
    told.code,
    told.teachers,
    told.entered_teachers,
    told.left_teachers
from onemap.teacher_year as told
where
    told.run_id = :run_id
    and (cast(:stage as text) is null or told.stage = :stage)
order by told.stage, told.year, told.sort, told.code
