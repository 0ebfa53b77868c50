-- In which box of lon/lat does a district lie?
select
    st_xmin(district.geom) as west,
    st_ymin(district.geom) as south,
    st_xmax(district.geom) as east,
    st_ymax(district.geom) as north
from onemap.district
where district.id = :district_id
