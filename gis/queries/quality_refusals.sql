-- Rows of the newest deliveries that pointed nowhere, or repeated a key, by dataset.
select
    told.dataset,
    count(distinct told.row_ref) filter (
        where told.rule like 'no % has this code' or told.rule like 'it belongs to another %'
    ) as lost_references,
    count(distinct told.row_ref) filter (
        where told.rule = 'the same key stands above'
    ) as repeated_keys
from (
    select
        source_load.dataset,
        load_finding.rule,
        load_finding.load_id || '/' || load_finding.file || '/'
        || coalesce(load_finding.sheet, '') || '/' || load_finding.line as row_ref
    from registry.load_finding
    join onemap.source_load on source_load.id = load_finding.load_id
    where source_load.district_id = :district_id
    and load_finding.outcome = 'refused'
    and source_load.id in (
        select max(latest.id)
        from onemap.source_load as latest
        where latest.district_id = :district_id
        group by latest.dataset, latest.office
    )
    union all
    select
        rejected_row.dataset,
        rejected_row.rule,
        rejected_row.row_ref || '/' || rejected_row.id
    from registry.rejected_row
    join onemap.dataset
        on dataset.district_id = rejected_row.district_id
        and dataset.name = rejected_row.dataset
    where rejected_row.district_id = :district_id
    and dataset.load_id is null
) as told
group by told.dataset
