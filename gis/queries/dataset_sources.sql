-- What each office has delivered last of each dataset, and which one is the main source.
select
    latest.dataset,
    latest.office,
    latest.as_of,
    latest.loaded_at,
    latest.loaded_by,
    latest.mode,
    latest.rows_read,
    latest.rows_new,
    latest.rows_changed,
    latest.rows_refused,
    latest.rows_noted,
    dataset.rows,
    dataset.load_id is not null and main.office = latest.office as is_main
from (
    select distinct on (source_load.dataset, source_load.office) source_load.*
    from onemap.source_load
    where source_load.district_id = :district_id
    order by source_load.dataset, source_load.office, source_load.id desc
) as latest
join onemap.dataset
    on dataset.district_id = :district_id
    and dataset.name = latest.dataset
left join onemap.source_load as main on main.id = dataset.load_id
where latest.mode <> 'district'
union all
select
    dataset.name,
    dataset.source,
    dataset.data_date,
    dataset.loaded_at,
    dataset.loaded_by,
    'district',
    dataset.rows + dataset.rejected_rows,
    dataset.rows,
    0,
    dataset.rejected_rows,
    0,
    dataset.rows,
    true
from onemap.dataset
where dataset.district_id = :district_id
and dataset.load_id is null
order by dataset, office
