-- What can a person search for by name? Schools, communities and subdistricts of a district.
-- A community has no panel of its own: it opens its subdistrict's. Schools that everybody attends
-- come before kindergartens and training institutions.
select
    'school' as kind,
    school.id,
    school.name_zh,
    school.name_en,
    null::bigint as subdistrict_id,
    school.kind in ('kindergarten', 'training') as later
from onemap.school
where school.district_id = :district_id
union all
select
    'community',
    community.id,
    community.name_zh,
    null,
    community.subdistrict_id,
    false
from onemap.community
where community.district_id = :district_id
union all
select
    'subdistrict',
    subdistrict.id,
    subdistrict.name_zh,
    subdistrict.name_en,
    subdistrict.id,
    false
from onemap.subdistrict
where subdistrict.district_id = :district_id
order by kind, later, name_zh
