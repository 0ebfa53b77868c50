-- When was a run finished?
select run.finished_at
from onemap.run
where run.id = :run_id
