-- Of which layers has the district any data, for a plan, stage and year?
select
    exists (select 1 from onemap.subdistrict where district_id = :district_id) as subdistricts,
    exists (
        select 1 from onemap.catchment where plan_id = :plan_id and stage = :stage
    ) as catchments,
    exists (select 1 from onemap.school where district_id = :district_id) as schools,
    exists (select 1 from onemap.building where district_id = :district_id) as buildings,
    exists (
        select 1
        from onemap.project_progress
        join onemap.run on run.id = project_progress.run_id
        where run.district_id = :district_id
    ) as projects,
    exists (
        select 1
        from onemap.indicator_result
        join onemap.run on run.id = indicator_result.run_id
        where run.district_id = :district_id
    ) as balance,
    exists (
        select 1
        from onemap.balance_spot
        join onemap.run on run.id = balance_spot.run_id
        where run.district_id = :district_id
    ) as balance_spots,
    exists (
        select 1
        from onemap.school_attainment
        join onemap.paper on paper.id = school_attainment.paper_id
        where
            paper.district_id = :district_id
            and paper.stage = :stage
            and school_attainment.value_added_points is not null
    ) as value_added,
    exists (
        select 1
        from onemap.teacher_post
        join onemap.run on run.id = teacher_post.run_id
        where run.district_id = :district_id
    ) as teacher_shortage,
    exists (
        select 1
        from onemap.run
        where
            run.district_id = :district_id
            and run.kind = :admission
            and run.plan_id = :plan_id
    ) as placements,
    exists (
        select 1
        from onemap.accessibility
        where
            accessibility.run_id = newest.accessibility_id
            and accessibility.stage = :stage
            and accessibility.year = :year
    ) as accessibility,
    exists (
        select 1
        from onemap.surface
        where surface.run_id = newest.accessibility_id and surface.stage = :stage
    ) as walking_time,
    exists (
        select 1
        from onemap.surface
        where surface.run_id = newest.network_id and surface.stage = :stage
    ) as white_spots,
    exists (
        select 1 from onemap.unit_population where unit_population.run_id = newest.residents_id
    ) as population_density,
    (
        select
            coalesce(
                sum(
                    case
                        when :counted = 'children' then unit_demand.children
                        else unit_demand.registered_children
                    end
                ),
                0
            ) >= :minimum_cell
        from onemap.unit_demand
        where
            unit_demand.run_id in (newest.demand_id, newest.loaded_demand_id)
            and unit_demand.planning_unit_id is not null
            and unit_demand.stage = :stage
            and unit_demand.year = :year
    ) as children_density,
    exists (
        select 1
        from onemap.raster_coverage
        where
            raster_coverage.district_id = :district_id and raster_coverage.kind = 'elevation'
    ) as hillshade,
    exists (select 1 from onemap.road where district_id = :district_id)
    or exists (select 1 from onemap.water where district_id = :district_id) as basemap
from (
    select
        max(run.id) filter (where run.kind = 'accessibility') as accessibility_id,
        max(run.id) filter (where run.kind = 'network') as network_id,
        max(run.id) filter (where run.kind = 'residents') as residents_id,
        max(run.id) filter (where run.kind = 'demand') as demand_id,
        max(run.id) filter (where run.kind = 'loaded_demand') as loaded_demand_id
    from onemap.run
    where run.district_id = :district_id
) as newest
