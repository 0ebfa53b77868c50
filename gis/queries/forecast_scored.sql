-- What became of the published forecasts of this district? Enrolment tells schools and the
-- district, a later count of the same plan tells catchments. One row a number that has come.
with publication as (
    select forecast_publication.*, district.id as district_id, district.data_date as today
    from onemap.forecast_publication
    join onemap.district on district.code = forecast_publication.district_code
    where district.id = :district_id
),
enrolled as (
    select
        school.code as school_code,
        enrolment.stage,
        enrolment.grade,
        enrolment.year,
        enrolment.pupils
    from onemap.enrolment
    join onemap.school on school.id = enrolment.school_id
    where school.district_id = :district_id
),
counted as (
    select
        publication.id as publication_id,
        school.code as school_code,
        catchment_count.stage,
        catchment_count.year,
        catchment_count.counted_children
    from publication
    join onemap.plan
        on plan.district_id = publication.district_id and plan.code = publication.plan_code
    join onemap.catchment_count
        on catchment_count.complete
        and catchment_count.run_id = (
            select max(run.id)
            from onemap.run
            where run.plan_id = plan.id and run.kind = 'count'
        )
    join onemap.school on school.id = catchment_count.school_id
    where publication.today > publication.data_date
),
came as (
    select
        cast(null as bigint) as publication_id,
        'school' as level,
        school_code,
        stage,
        grade,
        year,
        pupils
    from enrolled
    union all
    select null, 'school', school_code, stage, 0, year, sum(pupils) from enrolled group by 3, 4, 6
    union all
    select null, 'district', '', stage, grade, year, sum(pupils) from enrolled group by 4, 5, 6
    union all
    select null, 'district', '', stage, 0, year, sum(pupils) from enrolled group by 4, 6
    union all
    select publication_id, 'catchment', school_code, stage, 0, year, counted_children from counted
)
select
    publication.id as publication_id,
    publication.scenario,
    publication.data_date,
    record.level,
    record.school_code,
    record.stage,
    record.grade,
    record.year,
    record.expected,
    record.low_80,
    record.high_80,
    record.low_95,
    record.high_95,
    came.pupils::int as came
from publication
join onemap.forecast_record record on record.publication_id = publication.id
join came
    on came.level = record.level
    and came.school_code = record.school_code
    and came.stage = record.stage
    and came.grade = record.grade
    and came.year = record.year
    and coalesce(came.publication_id, publication.id) = publication.id
order by 1, 4, 5, 6, 7, 8
