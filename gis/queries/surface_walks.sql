-- How many minutes does one walk from each cell to the nearest school of a stage?
select surface.content, surface.run_id
from onemap.surface
where
    surface.stage = :stage
    and surface.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'accessibility'
    )
