-- Which rules turn records of growth into levels in the district?
select
    growth_rule.code,
    growth_rule.version,
    growth_rule.text
from onemap.growth_rule
where growth_rule.district_id = :district_id
