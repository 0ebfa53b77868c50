-- Subdistricts and how many open schools each has on :day, as city GIS takes them.
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
    ) as schools,
    cast(null as date) as valid_from,
    cast(null as date) as valid_to,
    cast(dataset.loaded_at at time zone 'UTC' as date) as changed_on
from onemap.subdistrict
left join onemap.dataset
    on dataset.district_id = subdistrict.district_id and dataset.name = 'subdistrict'
where subdistrict.district_id = :district_id
order by subdistrict.code
