-- In which items is a class below the rest of the district by more than chance, by a run? With
-- :every all items of all classes; with :school_id those of one school.
select
    class_weakness.school_id,
    school.code as school_code,
    school.name_zh as school_name_zh,
    school.name_en as school_name_en,
    class_weakness.class_number,
    class_weakness.number,
    paper_item.knowledge_point,
    class_weakness.difference_pct,
    class_weakness.difference_low_pct,
    class_weakness.difference_high_pct,
    class_weakness.beside_own_pct,
    class_weakness.chance,
    class_weakness.is_weak
from onemap.class_weakness
join onemap.school on school.id = class_weakness.school_id
join onemap.paper_item
    on paper_item.paper_id = class_weakness.paper_id
    and paper_item.number = class_weakness.number
where
    class_weakness.run_id = :run_id
    and class_weakness.paper_id = :paper_id
    and (class_weakness.is_weak or cast(:every as boolean))
    and (cast(:school_id as bigint) is null or class_weakness.school_id = :school_id)
order by class_weakness.beside_own_pct, school.code, class_weakness.class_number
