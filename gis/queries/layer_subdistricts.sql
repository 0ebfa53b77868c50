-- Where are the subdistricts, and how many schools has each on :day?
select
    subdistrict.id,
    subdistrict.name_zh,
    subdistrict.name_en,
    subdistrict.urban,
    subdistrict.geom,
    (
        select count(*)
        from onemap.school
        where
            school.subdistrict_id = subdistrict.id
            and (school.closed_on is null or school.closed_on > :day)
    ) as schools
from onemap.subdistrict
where subdistrict.district_id = :district_id
order by subdistrict.code
