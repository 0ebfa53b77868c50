-- How did each school score in each part of an appraisal, year by year?
select
    appraisal_part.school_id,
    appraisal_part.year::int as year,
    appraisal_part.part,
    appraisal_part.score,
    appraisal_part.known_pct
from onemap.appraisal_part
where appraisal_part.run_id = :run_id
order by appraisal_part.school_id, appraisal_part.year, appraisal_part.part
