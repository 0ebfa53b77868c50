-- Values on which offices differ, newest first.
select
    value_conflict.dataset,
    value_conflict.row_key,
    value_conflict.column_name,
    value_conflict.kept_value,
    value_conflict.kept_office,
    value_conflict.kept_as_of,
    value_conflict.left_value,
    value_conflict.left_office,
    value_conflict.left_as_of,
    value_conflict.rule,
    value_conflict.noted_at
from registry.value_conflict
where value_conflict.district_id = :district_id
and (cast(:dataset as text) is null or value_conflict.dataset = :dataset)
order by value_conflict.dataset, value_conflict.row_key, value_conflict.column_name
