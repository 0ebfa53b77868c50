-- How many children of a run are seated, placed or for a person to decide, by batch and reason?
select batch, outcome, reason, count(*) as children, sum(walk_distance_m) as walk_distance_m
from registry.admission_result
where run_id = :run_id
group by batch, outcome, reason
order by batch, outcome, reason
