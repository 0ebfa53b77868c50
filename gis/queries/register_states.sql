-- How many children of a stage and year have each state and fault, in the newest comparison?
with newest as (
    select max(register_state.run_id) as run_id
    from onemap.register_state
    join onemap.run on run.id = register_state.run_id
    where
        run.district_id = :district_id
        and run.plan_id = :plan_id
        and register_state.stage = :stage
        and register_state.year = :year
)
select
    register_state.run_id,
    register_state.sort,
    register_state.code,
    register_state.children
from onemap.register_state
join newest on newest.run_id = register_state.run_id
where
    register_state.stage = :stage
    and register_state.year = :year
