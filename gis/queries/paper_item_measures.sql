-- How did each item of a paper work, by a run?
select
    item_measure.number,
    paper_item.full_marks,
    paper_item.knowledge_point,
    item_measure.difficulty,
    item_measure.discrimination,
    item_measure.item_rest_correlation,
    item_measure.unknown_pct
from onemap.item_measure
join onemap.paper_item
    on paper_item.paper_id = item_measure.paper_id and paper_item.number = item_measure.number
where item_measure.run_id = :run_id and item_measure.paper_id = :paper_id
order by item_measure.number
