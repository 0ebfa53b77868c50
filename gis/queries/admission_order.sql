-- Who stands at which place in the order of the school of its zone, and how many seats has it?
with school_seats as (
    select distinct school_id, seats
    from onemap.admission_cut
    where run_id = :run_id
)
select
    admission_result.zone_school_id,
    admission_result.batch,
    admission_result.position,
    admission_result.outcome,
    school_seats.seats
from registry.admission_result
join school_seats on school_seats.school_id = admission_result.zone_school_id
where admission_result.run_id = :run_id and admission_result.position is not null
