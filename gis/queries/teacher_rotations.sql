-- What can an exchange of teachers clear, and what is proven of it, by stage and subject?
select
    told.stage,
    told.subject,
    told.missing_posts,
    told.movable_posts,
    told.cleared_posts,
    told.most_cleared_posts,
    told.distance_m,
    told.least_distance_m,
    told.is_optimal,
    told.limit_m
from onemap.teacher_rotation as told
where
    told.run_id = :run_id
    and (cast(:stage as text) is null or told.stage = :stage)
    and (cast(:subject as text) is null or told.subject = :subject)
order by told.stage, told.subject
