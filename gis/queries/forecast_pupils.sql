-- How many pupils will each school have, by the forecast run?
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    told.stage,
    told.grade,
    told.year,
    told.pupils,
    told.low_80,
    told.high_80,
    told.low_95,
    told.high_95
from onemap.forecast_pupil told
join onemap.school on school.id = told.school_id
where
    told.run_id = :run_id
    and (cast(:school_id as bigint) is null or told.school_id = :school_id)
    and (cast(:grade as int) is null or told.grade = :grade)
order by told.stage, school.code, told.grade, told.year
