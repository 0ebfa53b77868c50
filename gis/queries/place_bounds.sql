-- Where does one thing of the map lie? West, south, east and north in degrees.
select
    st_xmin(place.box) as west,
    st_ymin(place.box) as south,
    st_xmax(place.box) as east,
    st_ymax(place.box) as north
from (
    select box3d(geom) as box from onemap.school
    where :kind = 'school' and id = :id and district_id = :district_id
    union all
    select box3d(geom) from onemap.catchment
    where :kind = 'catchment' and school_id = :id and plan_id = :plan_id and stage = :stage
    union all
    select box3d(geom) from onemap.project
    where :kind = 'project' and id = :id and district_id = :district_id
    union all
    select box3d(geom) from onemap.subdistrict
    where :kind = 'subdistrict' and id = :id and district_id = :district_id
    union all
    select box3d(geom) from onemap.community
    where :kind = 'community' and id = :id and district_id = :district_id
    union all
    select box3d(geom) from onemap.district
    where :kind = 'district' and id = :district_id
) as place
