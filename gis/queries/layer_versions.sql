-- What does the map of a district rest on? Two digests: of its datasets and profile, and of
-- these with its plans and its newest run.
with ground as (
    select
        district.id,
        concat(
            district.id,
            district.loaded_at,
            district.profile,
            (
                select string_agg(dataset.name || dataset.digest, ',' order by dataset.name)
                from onemap.dataset
                where dataset.district_id = district.id
            )
        ) as content
    from onemap.district
    where district.id = :district_id
)
select
    left(md5(ground.content), 16) as ground_version,
    left(
        md5(
            concat(
                ground.content,
                (select max(run.id) from onemap.run where run.district_id = ground.id),
                (
                    select string_agg(plan.code || plan.digest, ',' order by plan.id)
                    from onemap.plan
                    where plan.district_id = ground.id
                )
            )
        ),
        16
    ) as version
from ground
