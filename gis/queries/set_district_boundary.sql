-- A district delivered without boundary is bounded by its planning units.
update onemap.district
set geom = (
    select st_multi(st_union(planning_unit.geom))
    from onemap.planning_unit
    where planning_unit.district_id = :district_id
)
where district.id = :district_id
