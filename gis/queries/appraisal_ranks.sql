-- Where does each school rank in its group in an appraisal, and how far does that rest on weights?
select
    appraisal_rank.school_id,
    appraisal_rank.year::int as year,
    appraisal_rank.school_group,
    appraisal_rank.ranked,
    appraisal_rank.rank,
    appraisal_rank.stays_pct,
    appraisal_rank.rank_low,
    appraisal_rank.rank_high
from onemap.appraisal_rank
where appraisal_rank.run_id = :run_id
order by
    appraisal_rank.school_group, appraisal_rank.year, appraisal_rank.rank, appraisal_rank.school_id
