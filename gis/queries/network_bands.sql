-- How many people live within each band of the walk to a school, by subdistrict and stage?
select
    network_band.subdistrict_code,
    network_band.stage,
    network_band.sector,
    network_band.band::int as band,
    network_band.up_to_m,
    network_band.residents,
    network_band.children,
    network_band.run_id
from onemap.network_band
where
    network_band.run_id = (
        select max(run.id)
        from onemap.run
        where run.district_id = :district_id and run.kind = 'network'
    )
order by
    network_band.stage, network_band.sector, network_band.subdistrict_code, network_band.band
