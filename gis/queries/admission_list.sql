-- What did a run decide, what did officers decide over it, and what counts? One row a child.
with last_decision as (
    select distinct on (admission_override.child_code)
        admission_override.child_code,
        admission_override.school_id,
        admission_override.reason,
        admission_override.who,
        admission_override.decided_at
    from registry.admission_override
    where
        admission_override.district_id = :district_id
        and admission_override.stage = :stage
        and admission_override.year = :year
    order by admission_override.child_code, admission_override.id desc
)
select
    admission_result.*,
    zone.code as zone_school_code,
    zone.name_zh as zone_school_name_zh,
    zone.name_en as zone_school_name_en,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    decided.code as decided_school_code,
    decided.name_zh as decided_school_name_zh,
    decided.name_en as decided_school_name_en,
    case when decided.id is not null then last_decision.reason end as decision_reason,
    case when decided.id is not null then last_decision.who end as decision_who,
    case when decided.id is not null then last_decision.decided_at end as decided_at,
    coalesce(decided.id, school.id) as final_school_id,
    coalesce(decided.code, school.code) as final_school_code,
    coalesce(decided.name_zh, school.name_zh) as final_school_name_zh,
    coalesce(decided.name_en, school.name_en) as final_school_name_en
from registry.admission_result
left join onemap.school zone on zone.id = admission_result.zone_school_id
left join onemap.school on school.id = admission_result.school_id
left join last_decision on last_decision.child_code = admission_result.child_code
left join onemap.school decided on decided.id = last_decision.school_id
where
    admission_result.run_id = :run_id
    and (cast(:outcome as text) is null or admission_result.outcome = :outcome)
order by admission_result.child_code, admission_result.child_id
