-- How the quality of datasets went: every count, its parts added up, oldest first.
select
    quality_measure.dataset,
    quality_measure.measure,
    quality_measure.measured_at,
    sum(quality_measure.checked)::bigint as checked,
    sum(quality_measure.broken)::bigint as broken
from onemap.quality_measure
where quality_measure.district_id = :district_id
and (cast(:dataset as text) is null or quality_measure.dataset = :dataset)
group by quality_measure.dataset, quality_measure.measure, quality_measure.measured_at
order by quality_measure.dataset, quality_measure.measured_at, quality_measure.measure
