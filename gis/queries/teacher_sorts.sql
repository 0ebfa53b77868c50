-- How many teachers of each sort has the district, by stage, in the newest run? Small cells.
select
    told.stage,
    told.sort,
    told.code,
    sum(told.teachers)::int as teachers
from onemap.teacher_count as told
where
    told.run_id = :run_id
    and (cast(:stage as text) is null or told.stage = :stage)
group by told.stage, told.sort, told.code
order by told.stage, told.sort, told.code
