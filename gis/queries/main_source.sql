-- Who delivered a dataset for the most part: its main load, or the load of the district.
select
    coalesce(source_load.office, dataset.source) as office,
    coalesce(source_load.as_of, dataset.data_date) as as_of,
    coalesce(source_load.loaded_at, dataset.loaded_at) as loaded_at,
    coalesce(source_load.loaded_by, dataset.loaded_by) as loaded_by,
    (
        select string_agg(distinct told.one ->> 'file', ', ')
        from jsonb_array_elements(source_load.files) as told(one)
    ) as files,
    source_load.id as load_id
from onemap.dataset
left join onemap.source_load on source_load.id = dataset.load_id
where dataset.district_id = :district_id
and dataset.name = :dataset
