-- What was found at each school, by year and indicator?
select
    appraisal_score.school_id,
    appraisal_score.year::int as year,
    appraisal_score.indicator,
    appraisal_score.raw_value,
    appraisal_score.evidence,
    appraisal_score.scorer
from onemap.appraisal_score
join onemap.school on school.id = appraisal_score.school_id
where school.district_id = :district_id
order by appraisal_score.school_id, appraisal_score.year, appraisal_score.indicator
