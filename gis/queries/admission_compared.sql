-- What did a run decide for each child, as far as another run may decide otherwise?
select child_id, child_code, outcome, school_id, reason, batch, score
from registry.admission_result
where run_id = :run_id
order by child_id
