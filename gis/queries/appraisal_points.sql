-- How many points has each school for each indicator of an appraisal? All years, or one with
-- :year; all schools, or a school and its peers with :school_id.
select
    appraisal_point.school_id,
    appraisal_point.year::int as year,
    appraisal_point.indicator,
    appraisal_point.raw_value,
    appraisal_point.points,
    appraisal_point.evidence,
    appraisal_point.scorer
from onemap.appraisal_point
where
    appraisal_point.run_id = :run_id
    and (cast(:year as int) is null or appraisal_point.year = :year)
    and (
        cast(:school_id as bigint) is null
        or appraisal_point.school_id = :school_id
        or appraisal_point.school_id in (
            select appraisal_peer.peer_id
            from onemap.appraisal_peer
            where appraisal_peer.run_id = :run_id and appraisal_peer.school_id = :school_id
        )
    )
order by appraisal_point.school_id, appraisal_point.year, appraisal_point.indicator
