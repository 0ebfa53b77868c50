-- Did more pupils rise than fall by a run: in the district and its schools, or with :school_id in
-- the school and its classes?
select
    growth_change.stage,
    growth_change.school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    growth_change.grade,
    growth_change.class_number,
    growth_change.domain,
    growth_change.pupils,
    growth_change.net_pct,
    growth_change.net_low_pct,
    growth_change.net_high_pct,
    growth_change.chance,
    growth_change.state
from onemap.growth_change
left join onemap.school on school.id = growth_change.school_id
where
    growth_change.run_id = :run_id
    and (cast(:stage as text) is null or growth_change.stage = :stage)
    and case
        when cast(:school_id as bigint) is null then growth_change.class_number is null
        else growth_change.school_id = :school_id
    end
order by
    growth_change.stage,
    school.name_zh nulls first,
    school.code,
    growth_change.grade nulls first,
    growth_change.class_number nulls first,
    growth_change.domain
