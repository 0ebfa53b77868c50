-- Put addresses into the queue. What a person has resolved stays so; what was found is open again.
insert into registry.address_queue (
    district_code, text, written, source, times, why, level, score, candidates, state
)
select
    :district_code,
    row.text,
    row.written,
    :source,
    row.times,
    row.why,
    row.level,
    row.score,
    row.candidates,
    'open'
from jsonb_to_recordset(cast(:rows as jsonb)) as row (
    text text,
    written text,
    times integer,
    why text,
    level text,
    score double precision,
    candidates jsonb
)
on conflict (district_code, text) do update
set
    written = excluded.written,
    source = excluded.source,
    times = excluded.times,
    why = excluded.why,
    level = excluded.level,
    score = excluded.score,
    candidates = excluded.candidates,
    state = 'open'
where address_queue.state <> 'resolved'
