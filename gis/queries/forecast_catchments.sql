-- How will children and seats stand in each catchment of a plan, by the forecast run?
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    told.stage,
    told.year,
    told.children,
    told.counted_children,
    told.low_80,
    told.high_80,
    told.low_95,
    told.high_95,
    told.seats,
    told.project_seats,
    told.shortfall_seats,
    told.warning,
    told.yellow_chance,
    told.red_chance,
    told.basis
from onemap.forecast_catchment told
join onemap.school on school.id = told.school_id
where
    told.run_id = :run_id
    and (cast(:stage as text) is null or told.stage = :stage)
    and (cast(:school_id as bigint) is null or told.school_id = :school_id)
order by told.stage, school.code, told.year
