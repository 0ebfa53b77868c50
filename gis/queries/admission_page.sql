-- What did a run decide for a child, with the facts that it used?
select *
from registry.admission_result
where child_code = :child_code and run_id = :run_id
