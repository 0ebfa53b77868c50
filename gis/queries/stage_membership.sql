-- Which planning unit belongs to which school's catchment in this plan and stage?
select planning_unit_id, school_id
from onemap.plan_membership
where plan_id = :plan_id and stage = :stage
