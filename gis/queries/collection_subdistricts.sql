-- Where are the subdistricts of a district, and how many open schools has each on :day?
select
    subdistrict.geom,
    subdistrict.code,
    subdistrict.name_zh,
    subdistrict.name_en,
    subdistrict.urban,
    (
        select count(*)
        from onemap.school
        where
            school.subdistrict_id = subdistrict.id
            and (school.closed_on is null or school.closed_on > :day)
    ) as schools
from onemap.subdistrict
where subdistrict.district_id = :district_id
