-- Which papers did the district sit, and how did they work by a run? The newest first; papers
-- that only tell prior attainment come last.
select
    paper.id as paper_id,
    paper.code,
    paper.name_zh,
    paper.name_en,
    paper.subject,
    paper.stage,
    paper.grade,
    paper.year,
    paper.held_on,
    paper.full_marks,
    paper.prior_code,
    paper_measure.pupils,
    paper_measure.absent,
    paper_measure.mean_points,
    paper_measure.spread_points,
    paper_measure.alpha,
    paper_measure.alpha_low,
    paper_measure.alpha_high,
    paper_measure.error_points,
    paper_measure.bands,
    paper_measure.model
from onemap.paper_measure
join onemap.paper on paper.id = paper_measure.paper_id
where paper_measure.run_id = :run_id
order by paper.held_on desc, paper.code
