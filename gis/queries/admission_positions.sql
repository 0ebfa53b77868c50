-- In which order did the children of each zone stand at its school?
select
    admission_result.zone_school_id,
    admission_result.batch,
    admission_result.position,
    admission_result.outcome
from registry.admission_result
where
    admission_result.run_id = :run_id
    and admission_result.zone_school_id is not null
    and admission_result.position is not null
