-- What the newest count of each dataset's quality found, part by part.
select
    quality_measure.dataset,
    quality_measure.measure,
    quality_measure.part,
    quality_measure.checked,
    quality_measure.broken,
    quality_measure.measured_at
from onemap.quality_measure
join (
    select
        newest.dataset,
        max(newest.measured_at) as measured_at
    from onemap.quality_measure as newest
    where newest.district_id = :district_id
    group by newest.dataset
) as latest using (dataset, measured_at)
where quality_measure.district_id = :district_id
and (cast(:dataset as text) is null or quality_measure.dataset = :dataset)
order by quality_measure.dataset, quality_measure.measure, quality_measure.part
