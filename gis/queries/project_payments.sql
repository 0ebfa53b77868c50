-- What was planned to be paid, and what was paid, for each project?
select
    payment.project_id,
    payment.kind,
    payment.paid_on,
    payment.amount_yuan
from onemap.payment
join onemap.project on project.id = payment.project_id
where project.district_id = :district_id
order by payment.project_id, payment.paid_on, payment.code
