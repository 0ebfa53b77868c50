-- What did officers decide over the results of a stage and year? In the order of their decisions.
select
    admission_override.id,
    admission_override.stage,
    admission_override.year,
    admission_override.child_code,
    admission_override.school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    admission_override.reason,
    admission_override.who,
    admission_override.decided_at
from registry.admission_override
left join onemap.school on school.id = admission_override.school_id
where
    admission_override.district_id = :district_id
    and (cast(:stage as text) is null or admission_override.stage = :stage)
    and (cast(:year as integer) is null or admission_override.year = :year)
    and (cast(:child_code as text) is null or admission_override.child_code = :child_code)
order by admission_override.id
