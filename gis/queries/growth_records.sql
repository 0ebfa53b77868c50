-- What is recorded of the growth of the pupils of the district, or of :pupil_ids among them?
select
    growth_record.pupil_id,
    growth_record.event,
    growth_record.domain,
    growth_record.points,
    growth_record.recorded_on
from registry.growth_record
join registry.pupil on pupil.id = growth_record.pupil_id
where
    pupil.district_id = :district_id
    and (
        cast(:pupil_ids as bigint[]) is null
        or growth_record.pupil_id = any(cast(:pupil_ids as bigint[]))
    )
