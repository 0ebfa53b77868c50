-- Which items has each paper of the district, and what are their full marks? A paper whose items
-- are not known comes once, without a number.
select
    paper.id as paper_id,
    paper.code as paper_code,
    paper.full_marks as paper_full_marks,
    paper_item.number,
    paper_item.full_marks,
    paper_item.knowledge_point
from onemap.paper
left join onemap.paper_item on paper_item.paper_id = paper.id
where paper.district_id = :district_id
order by paper.code, paper_item.number
