-- How large are site and buildings of each school that is open on :day, and how many pupils and
-- classes has it (:pupil_year)?
select
    school.id as school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    school.kind,
    school.public,
    school.urban,
    subdistrict.code as subdistrict_code,
    enrolled.pupils,
    enrolled.classes,
    school.site_area_m2,
    built.building_area_m2
from onemap.school
left join onemap.subdistrict on subdistrict.id = school.subdistrict_id
left join (
    select
        enrolment.school_id,
        sum(enrolment.pupils)::int as pupils,
        sum(enrolment.classes)::int as classes
    from onemap.enrolment
    where enrolment.year = cast(:pupil_year as int)
    group by enrolment.school_id
) as enrolled on enrolled.school_id = school.id
left join (
    select campus_building.school_id, sum(campus_building.floor_area_m2) as building_area_m2
    from onemap.campus_building
    group by campus_building.school_id
) as built on built.school_id = school.id
where
    school.district_id = :district_id
    and (school.opened_on is null or school.opened_on <= :day)
    and (school.closed_on is null or school.closed_on > :day)
order by school.code
