-- What the last load of each office found in a dataset, refused rows first; all of it where rows
-- is null. total: how much there is.
select
    source_load.office,
    load_finding.outcome,
    load_finding.file,
    load_finding.sheet,
    load_finding.line,
    load_finding.column_name,
    load_finding.header,
    load_finding.found,
    load_finding.stored,
    load_finding.rule,
    load_finding.mend,
    count(*) over () as total
from registry.load_finding
join onemap.source_load on source_load.id = load_finding.load_id
where source_load.district_id = :district_id
and source_load.dataset = :dataset
and source_load.id in (
    select max(latest.id)
    from onemap.source_load as latest
    where latest.district_id = :district_id
    and latest.dataset = :dataset
    group by latest.office
)
order by
    (load_finding.outcome <> 'refused'),
    source_load.office,
    load_finding.file,
    load_finding.line,
    load_finding.column_name
limit :rows offset :start
