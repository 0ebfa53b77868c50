-- How many pupils stand at each level of growth by a run: the district and its schools, or with
-- :school_id the school and its classes? With :newest the newest school year alone, with :domain
-- one domain of the places below the district. Hidden cells are null.
select
    growth_count.stage,
    growth_count.school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    growth_count.grade,
    growth_count.class_number,
    growth_count.year,
    growth_count.domain,
    growth_count.level,
    growth_count.pupils,
    growth_count.of_pupils
from onemap.growth_count
left join onemap.school on school.id = growth_count.school_id
where
    growth_count.run_id = :run_id
    and (cast(:stage as text) is null or growth_count.stage = :stage)
    and (
        not cast(:newest as boolean)
        or growth_count.year = (
            select max(newest.year) from onemap.growth_count as newest where newest.run_id = :run_id
        )
    )
    and (
        cast(:domain as text) is null
        or growth_count.domain = :domain
        or growth_count.school_id is null
    )
    and case
        when cast(:school_id as bigint) is null then growth_count.class_number is null
        else growth_count.school_id = :school_id
    end
order by
    growth_count.stage,
    school.code nulls first,
    growth_count.grade nulls first,
    growth_count.class_number nulls first,
    growth_count.year,
    growth_count.domain
