-- What waits for a person, by dataset: values on which offices differ, rows that were refused.
select
    dataset.name as dataset,
    coalesce(differing.conflicts, 0) as conflicts,
    coalesce(refusals.refused, 0) + case
        when dataset.load_id is null then dataset.rejected_rows
        else 0
    end as refused
from onemap.dataset
left join (
    select
        value_conflict.dataset,
        count(*) as conflicts
    from registry.value_conflict
    where value_conflict.district_id = :district_id
    group by value_conflict.dataset
) as differing on differing.dataset = dataset.name
left join (
    select
        source_load.dataset,
        sum(source_load.rows_refused) as refused
    from onemap.source_load
    where source_load.id in (
        select max(latest.id)
        from onemap.source_load as latest
        where latest.district_id = :district_id
        and latest.mode <> 'district'
        group by latest.dataset, latest.office
    )
    group by source_load.dataset
) as refusals on refusals.dataset = dataset.name
where dataset.district_id = :district_id
order by dataset.name
