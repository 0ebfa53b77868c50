-- How many children, and how many of them registered, live in dwellings built since
-- :built_since, by tenure of the dwelling and school year of birth (:cutoff, MM-DD)?
-- Rows without a cohort tell the dwellings of a tenure.
with recent as (
    select property_unit.id, property_unit.tenure
    from registry.property_unit
    join onemap.building on building.id = property_unit.building_id
    where
        property_unit.district_id = :district_id
        and property_unit.dwelling_use in ('residential', 'apartment')
        and building.built_year >= :built_since
)
select
    recent.tenure,
    cast(null as int) as cohort,
    count(*)::int as dwellings,
    0 as children,
    0 as registered_children
from recent
group by recent.tenure
union all
select
    recent.tenure,
    (
        extract(year from child_place.born_on)
        + (to_char(child_place.born_on, 'MM-DD') > :cutoff)::int
    )::int,
    0,
    count(*)::int,
    (count(*) filter (where child_place.registered))::int
from registry.child_place
join recent on recent.id = child_place.residence_dwelling_id
where child_place.district_id = :district_id
group by 1, 2
