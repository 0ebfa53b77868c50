-- Which planning unit belongs to which school's catchment in this plan?
select stage, planning_unit_id, school_id
from onemap.plan_membership
where plan_id = :plan_id
order by stage, planning_unit_id
