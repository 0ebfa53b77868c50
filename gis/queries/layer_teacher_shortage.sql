-- How many teachers does each school of a stage miss today in each subject, by the newest run?
select
    school.id,
    school.name_zh,
    school.name_en,
    school.geom,
    told.subject,
    told.year,
    told.demand_posts,
    told.supply_posts,
    told.missing_posts,
    told.level
from onemap.teacher_post as told
join onemap.school on school.id = told.school_id
where
    told.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'teachers'
    )
    and told.stage = :stage
    and (cast(:subject as text) is null or told.subject = :subject)
order by school.code, told.subject
