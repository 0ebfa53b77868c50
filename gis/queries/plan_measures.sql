-- What is a plan worth in each stage, and what is proven of it?
select
    stage,
    method,
    year,
    on_foot,
    pupils,
    outside_pupils,
    over_capacity_pupils,
    pupil_km,
    mean_distance_m,
    p95_distance_m,
    radius_m,
    beyond_radius_pct,
    moved_pupils,
    compactness,
    connected,
    objective,
    objective_parts,
    lower_bound,
    gap_pct,
    bound_note,
    stopped,
    seconds,
    seed,
    terms
from onemap.plan_measure
where plan_id = :plan_id
order by stage
