-- How did each school score in an appraisal, and where does it rank in its group, year by year?
-- Schools without a rank are listed, too.
select
    appraisal_part.school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school.kind,
    subdistrict.name_zh as subdistrict_name_zh,
    subdistrict.name_en as subdistrict_name_en,
    appraisal_part.year::int as year,
    appraisal_part.score,
    appraisal_part.known_pct,
    appraisal_rank.school_group,
    appraisal_rank.ranked,
    appraisal_rank.rank,
    appraisal_rank.stays_pct,
    appraisal_rank.rank_low,
    appraisal_rank.rank_high
from onemap.appraisal_part
join onemap.school on school.id = appraisal_part.school_id
left join onemap.subdistrict on subdistrict.id = school.subdistrict_id
left join onemap.appraisal_rank
    on appraisal_rank.run_id = appraisal_part.run_id
    and appraisal_rank.school_id = appraisal_part.school_id
    and appraisal_rank.year = appraisal_part.year
where appraisal_part.run_id = :run_id and appraisal_part.part = 'whole'
order by appraisal_part.year, appraisal_rank.school_group, appraisal_rank.rank, school.code
