-- Where is the one thing that is selected? An area for catchments and subdistricts, else a point.
select geom
from onemap.catchment
where
    :kind = 'catchment' and plan_id = :plan_id and stage = :stage and school_id = :id
union all
select geom from onemap.school
where :kind = 'school' and district_id = :district_id and id = :id
union all
select geom from onemap.project
where :kind = 'project' and district_id = :district_id and id = :id
union all
select geom from onemap.subdistrict
where :kind = 'subdistrict' and district_id = :district_id and id = :id
