-- How many pupils will each school have in each stage, by the forecast run?
select told.school_id, told.stage, told.year::int as year, sum(told.pupils) as pupils
from onemap.forecast_pupil as told
where told.run_id = :run_id and told.grade > 0
group by told.school_id, told.stage, told.year
order by told.school_id, told.stage, told.year
