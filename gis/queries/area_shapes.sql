-- Where are these subdistricts, communities or catchments? By code; catchments of a plan and stage.
select 'subdistrict' as kind, subdistrict.id, subdistrict.code, subdistrict.name_zh,
    subdistrict.name_en, subdistrict.geom
from onemap.subdistrict
where :kind = 'subdistrict' and subdistrict.district_id = :district_id
union all
select 'community', community.id, community.code, community.name_zh, null, community.geom
from onemap.community
where :kind = 'community' and community.district_id = :district_id
union all
select 'catchment', school.id, school.code, school.name_zh, school.name_en, catchment.geom
from onemap.catchment
join onemap.school on school.id = catchment.school_id
where :kind = 'catchment' and catchment.plan_id = :plan_id and catchment.stage = :stage
order by code
