-- Which schools of a stage lie among others like or unlike them in an indicator?
select
    school.id,
    school.name_zh,
    school.name_en,
    school.geom,
    balance_spot.cluster,
    balance_spot.moran,
    balance_spot.p
from onemap.balance_spot
join onemap.school on school.id = balance_spot.school_id
where
    balance_spot.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'balance'
    )
    and balance_spot.stage = :stage
    and balance_spot.indicator = :indicator
    and balance_spot.cluster != 'none'
order by school.code
