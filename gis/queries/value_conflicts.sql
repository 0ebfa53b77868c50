-- Values on which offices differ, of one dataset or of all; all of them where rows is null.
-- total: how many there are.
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
    count(*) over () as total
from registry.value_conflict
where value_conflict.district_id = :district_id
and (cast(:dataset as text) is null or value_conflict.dataset = :dataset)
order by
    value_conflict.dataset,
    value_conflict.row_key,
    value_conflict.column_name,
    value_conflict.left_office
limit :rows offset :start
