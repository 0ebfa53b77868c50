-- How unequally is each resource spread, by an assessment?
select
    told.stage,
    told.indicator,
    told.schools,
    told.mean,
    told.gini,
    told.theil,
    told.theil_subdistricts,
    told.theil_urban,
    told.moran,
    told.moran_expected,
    told.moran_p
from onemap.balance_inequality as told
where told.run_id = :run_id
order by told.stage, told.indicator
