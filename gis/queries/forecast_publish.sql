-- Copy the numbers of a forecast run into a publication, schools by their codes.
insert into onemap.forecast_record (
    publication_id, level, school_code, stage, grade, year,
    expected, low_80, high_80, low_95, high_95
)
select
    cast(:publication_id as bigint), 'school', school.code, told.stage, told.grade, told.year,
    told.pupils, told.low_80, told.high_80, told.low_95, told.high_95
from onemap.forecast_pupil told
join onemap.school on school.id = told.school_id
where told.run_id = :run_id
union all
select
    cast(:publication_id as bigint), 'district', '', told.stage, told.grade, told.year,
    told.expected, told.low_80, told.high_80, told.low_95, told.high_95
from onemap.forecast_total told
where told.run_id = :run_id and told.measure = 'pupils'
union all
select
    cast(:publication_id as bigint), 'catchment', school.code, told.stage, 0, told.year,
    told.counted_children, told.low_80, told.high_80, told.low_95, told.high_95
from onemap.forecast_catchment told
join onemap.school on school.id = told.school_id
where told.run_id = :run_id
