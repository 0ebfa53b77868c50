-- From which level to which did the pupils of the district go within a year, by a run?
select
    growth_transition.stage,
    growth_transition.domain,
    growth_transition.level_before,
    growth_transition.level,
    growth_transition.pupils
from onemap.growth_transition
where
    growth_transition.run_id = :run_id
    and (cast(:stage as text) is null or growth_transition.stage = :stage)
