-- Which teachers' moves between schools does the newest run propose?
select
    told.stage,
    told.subject,
    told.from_school_id,
    giver.code as from_school_code,
    giver.name_zh as from_school_name_zh,
    giver.name_en as from_school_name_en,
    told.to_school_id,
    taker.code as to_school_code,
    taker.name_zh as to_school_name_zh,
    taker.name_en as to_school_name_en,
    told.teachers,
    told.distance_m
from onemap.teacher_move as told
join onemap.school as giver on giver.id = told.from_school_id
join onemap.school as taker on taker.id = told.to_school_id
where
    told.run_id = :run_id
    and (cast(:stage as text) is null or told.stage = :stage)
    and (cast(:subject as text) is null or told.subject = :subject)
order by told.stage, told.subject, taker.code, giver.code
