-- Which schools are like each school, in an appraisal?
select
    appraisal_peer.school_id,
    appraisal_peer.peer_id,
    appraisal_peer.place::int as place,
    appraisal_peer.distance
from onemap.appraisal_peer
where appraisal_peer.run_id = :run_id
order by appraisal_peer.school_id, appraisal_peer.place
