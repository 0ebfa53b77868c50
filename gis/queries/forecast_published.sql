-- Which forecasts of this district were published, the last first?
select
    forecast_publication.id,
    forecast_publication.scenario,
    forecast_publication.plan_code,
    forecast_publication.data_date,
    forecast_publication.published_at,
    forecast_publication.who,
    forecast_publication.inputs_digest
from onemap.forecast_publication
join onemap.district on district.code = forecast_publication.district_code
where district.id = :district_id
order by forecast_publication.id desc
