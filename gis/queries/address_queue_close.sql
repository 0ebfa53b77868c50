-- Take addresses off the queue that the district's tables can place now.
update registry.address_queue
set state = 'found'
where
    district_code = :district_code
    and state = 'open'
    and text in (select jsonb_array_elements_text(cast(:texts as jsonb)))
