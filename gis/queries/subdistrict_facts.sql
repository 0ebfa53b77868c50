-- What is this subdistrict?
select
    subdistrict.code,
    subdistrict.name_zh,
    subdistrict.name_en,
    subdistrict.urban,
    (
        select count(*)::int
        from onemap.community
        where community.subdistrict_id = subdistrict.id
    ) as communities
from onemap.subdistrict
where subdistrict.district_id = :district_id and subdistrict.id = :subdistrict_id
