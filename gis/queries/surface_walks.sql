-- How far is it on foot from each cell to the nearest school of a stage? Minutes in runs of kind
-- accessibility, metres in those of kind network.
select surface.content, surface.run_id
from onemap.surface
where
    surface.stage = :stage
    and surface.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = :kind
    )
