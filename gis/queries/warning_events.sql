-- What happened to these warnings, in order?
select
    warning_event.id,
    warning_event.warning_id,
    warning.stage,
    warning.school_code,
    warning.year::int as year,
    warning_event.kind,
    warning_event.at,
    warning_event.who,
    warning_event.level,
    warning_event.text,
    warning_event.expected_year::int as expected_year,
    warning_event.run_id
from onemap.warning_event
join onemap.warning on warning.id = warning_event.warning_id
where warning_event.warning_id = any(cast(:warnings as bigint[]))
order by warning_event.id
