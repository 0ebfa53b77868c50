-- How far did each batch get at each school?
select
    admission_cut.school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    admission_cut.batch,
    admission_cut.place,
    admission_cut.seats,
    admission_cut.children,
    admission_cut.seated,
    admission_cut.placed_elsewhere,
    admission_cut.exceptions,
    admission_cut.placed_here,
    admission_cut.last_score,
    admission_cut.first_unseated_score
from onemap.admission_cut
join onemap.school on school.id = admission_cut.school_id
where admission_cut.run_id = :run_id
order by school.code, admission_cut.place
