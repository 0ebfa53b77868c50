-- Of which layers has the district any data, for a plan and stage?
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
        from onemap.run
        where
            run.district_id = :district_id
            and run.kind = :admission
            and run.plan_id = :plan_id
    ) as placements,
    exists (select 1 from onemap.road where district_id = :district_id)
    or exists (select 1 from onemap.water where district_id = :district_id) as basemap
