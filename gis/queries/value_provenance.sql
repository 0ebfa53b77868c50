-- Which load brought the values of a row, column by column; * is every column, or every row.
select
    value_source.row_key,
    value_source.column_name,
    source_load.id as load_id,
    source_load.office,
    source_load.as_of,
    source_load.loaded_at,
    source_load.loaded_by,
    (
        select string_agg(distinct told.one ->> 'file', ', ')
        from jsonb_array_elements(source_load.files) as told(one)
    ) as files
from registry.value_source
join onemap.source_load on source_load.id = value_source.load_id
where value_source.district_id = :district_id
and value_source.dataset = :dataset
and value_source.row_key in (:row_key, '*')
order by value_source.column_name, value_source.row_key
