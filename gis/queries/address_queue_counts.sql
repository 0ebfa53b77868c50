-- How many addresses wait for a person, by reason, and how many were placed since?
select
    address_queue.state,
    address_queue.why,
    count(*) as addresses,
    sum(address_queue.times) as rows
from registry.address_queue
inner join onemap.district on district.code = address_queue.district_code
where district.id = :district_id
group by address_queue.state, address_queue.why
order by address_queue.state, addresses desc, address_queue.why
