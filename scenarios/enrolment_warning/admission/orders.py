"""The assignment as a job: what an officer orders, and how it is done in the background."""

from __future__ import annotations

from dataclasses import dataclass, field

from catchments.admission.rules import Rules
from gis.access import Role
from gis.database import Database
from gis.errors import UsageError
from scenarios.district import District, Plan
from scenarios.enrolment_warning.admission.assign import Asked, assign_children
from scenarios.enrolment_warning.admission.cut_lines import tell_cut_lines
from scenarios.enrolment_warning.admission.runs import Results
from scenarios.enrolment_warning.admission.summary import summarise
from scenarios.jobs import ShouldStop, StoppedError, Tell

LARGEST_SEED = 2**53  # ASSUMPTION: what a browser can write down as a whole number


@dataclass(frozen=True)
class AdmissionOrder:
    """What an officer wants assigned.

    Parameters
    ----------
    plan
        Code of the plan; nothing: the district's own.
    is_trial
        Compute and tell, store nothing.
    """

    district: str
    stage: str
    rules: Rules = field(repr=False)
    plan: str | None = None
    seed: int = 1
    is_trial: bool = True

    def check(self, district: District) -> None:
        """Refuse what cannot be assigned.

        Raises
        ------
        UsageError
            When the seed is out of bounds, or the stage has no catchments.
        """
        if not 0 <= self.seed <= LARGEST_SEED:
            raise UsageError(
                f"{self.seed} is no seed.", mend=f"Use a number from 0 to {LARGEST_SEED}."
            )
        if not district.profile.get_stage(self.stage).catchments:
            raise UsageError(
                f"Schools of stage '{self.stage}' have no catchments.",
                mend="Choose a stage whose schools admit by catchment.",
            )


@dataclass(frozen=True, eq=False)
class Assigned:
    """What came out of an order: sums alone, nothing of a single child.

    Parameters
    ----------
    run_id
        The stored run; nothing for a trial.
    was_stored
        Whether a run with the same inputs was stored already.
    trial
        What a trial came to.
    """

    plan: Plan
    run_id: int | None
    was_stored: bool
    trial: Results | None = None


def assign_order(
    database: Database,
    district: District,
    order: AdmissionOrder,
    tell: Tell,
    should_stop: ShouldStop,
) -> Assigned:
    """Assign the children of an order; a job that is stopped before it ends stores nothing."""

    def tell_or_stop(step: str, share: float) -> None:
        if should_stop() and step != "done":  # what is done is stored
            raise StoppedError
        tell(step, share)

    answered = assign_children(
        database,
        district,
        Asked(order.stage, order.rules, order.plan, order.seed),
        dry_run=order.is_trial,
        progress=tell_or_stop,
    )
    admission = answered.admission
    if admission is None or not order.is_trial:
        return Assigned(answered.plan, answered.run_id, was_stored=admission is None)
    class_size = district.profile.get_stage(order.stage).design_class
    with database.begin(Role.PLANNER) as connection:
        cuts = tell_cut_lines(connection, district, order.stage, admission)
    rules = order.rules.stages[order.stage]
    trial = Results(summarise(admission), cuts, rules, class_size)
    return Assigned(answered.plan, None, was_stored=False, trial=trial)
