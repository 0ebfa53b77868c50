-- How near to the least possible are the additions of a run?
select
    told.year::int as year,
    told.cost_yuan,
    told.least_cost_yuan,
    told.schools_only_yuan,
    told.is_even,
    told.unknown
from onemap.balance_solution as told
where told.run_id = :run_id
