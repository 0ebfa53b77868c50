-- Which areas have more or less of each resource, by an assessment?
select
    told.stage,
    told.indicator,
    told.grouping,
    told.subdistrict_id,
    subdistrict.code as subdistrict_code,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    told.urban,
    told.schools,
    told.pupils,
    told.mean,
    told.theil_between,
    told.theil_within
from onemap.balance_group as told
left join onemap.subdistrict on subdistrict.id = told.subdistrict_id
where told.run_id = :run_id
order by told.stage, told.indicator, told.grouping, subdistrict.code, told.urban
