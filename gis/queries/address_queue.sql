-- Which addresses wait for a person? The most rows first; with the last decision on each.
select
    address_queue.id,
    address_queue.text,
    address_queue.written,
    address_queue.source,
    address_queue.times,
    address_queue.why,
    address_queue.level,
    address_queue.score,
    address_queue.candidates,
    address_queue.state,
    address_queue.queued_at,
    decision.who,
    decision.reason,
    decision.decided_at,
    count(*) over () as total
from registry.address_queue
inner join onemap.district on district.code = address_queue.district_code
left join lateral (
    select
        address_decision.who,
        address_decision.reason,
        address_decision.decided_at
    from registry.address_decision
    where
        address_decision.district_code = address_queue.district_code
        and address_decision.text = address_queue.text
    order by address_decision.id desc
    limit 1
) as decision on true
where
    district.id = :district_id
    and (cast(:id as bigint) is null or address_queue.id = :id)
    and (cast(:state as text) is null or address_queue.state = :state)
order by address_queue.times desc, address_queue.id
limit :most
