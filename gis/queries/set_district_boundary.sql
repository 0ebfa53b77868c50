-- A district delivered without boundary is bounded by its planning units. Slivers up to two metres
-- wide between units drawn by hand are closed: a ring of a metre is laid on and taken off again.
update onemap.district
set geom = (
    select
        st_multi(
            st_buffer(
                st_buffer(st_union(planning_unit.geom), 1e-5, 'join=mitre'), -1e-5, 'join=mitre'
            )
        )
    from onemap.planning_unit
    where planning_unit.district_id = :district_id
)
where district.id = :district_id
