-- Where are the subdistricts, communities or catchments that an area may be put together of?
-- All of a kind, or those of :ids; the id of a catchment is its school's.
select
    shape.id,
    shape.code,
    shape.name_zh,
    shape.name_en,
    shape.geom
from (
    select id, code, name_zh, name_en, geom
    from onemap.subdistrict
    where :kind = 'subdistrict' and district_id = :district_id
    union all
    select id, code, name_zh, null, geom
    from onemap.community
    where :kind = 'community' and district_id = :district_id
    union all
    select school.id, school.code, school.name_zh, school.name_en, catchment.geom
    from onemap.catchment
    join onemap.school on school.id = catchment.school_id
    where
        :kind = 'catchment'
        and catchment.plan_id = :plan_id
        and catchment.stage = :stage
) as shape
where cast(:ids as bigint[]) is null or shape.id = any(cast(:ids as bigint[]))
order by shape.code
