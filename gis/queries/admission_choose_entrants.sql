-- Who may enter a stage in a year? By age, or as graduates of another stage; whoever put the entry
-- off until this year is among them, whoever put it off beyond it, or is a pupil of the stage, not.
create temporary table entrant on commit drop as
with candidate as (
    select child.id
    from registry.child
    where
        child.district_id = :district_id
        and :graduates_of = ''
        and child.born_on between :born_from and :born_to
    union
    select seat_use.child_id
    from registry.seat_use
    where
        seat_use.district_id = :district_id
        and seat_use.stage = :graduates_of
        and seat_use.entered_year = :graduates_entered
    union
    select deferral.child_id
    from registry.deferral
    where
        deferral.district_id = :district_id
        and deferral.stage = :stage
        and deferral.to_year = :year
)
select
    candidate.id,
    exists (
        select from registry.deferral
        where
            deferral.child_id = candidate.id
            and deferral.stage = :stage
            and deferral.to_year = :year
    ) as deferral_certificate
from candidate
where
    not exists (
        select from registry.deferral
        where
            deferral.child_id = candidate.id
            and deferral.stage = :stage
            and deferral.from_year <= :year
            and deferral.to_year > :year
    )
    and not exists (
        select from registry.seat_use
        where
            seat_use.child_id = candidate.id
            and seat_use.stage = :stage
            and seat_use.entered_year < :year
    )
