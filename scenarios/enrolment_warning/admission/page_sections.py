"""The sections of a child's page, each a few labelled facts or one small table."""

from __future__ import annotations

from catchments.admission.child_page import ChildPage, School
from catchments.admission.conditions import LeafAnswer
from catchments.admission.obstacles import BatchAnswer
from layers.language import MISSING, Language, is_missing, msgid
from scenarios.enrolment_warning.admission.reason_words import (
    ANCHORS,
    REASONS,
    REGISTERS,
    name_fact,
    name_reason,
    tell_detail,
    tell_moment,
    tell_value,
)
from scenarios.enrolment_warning.admission.score_words import word_score
from scenarios.enrolment_warning.admission.worded_page import Section


def word_sections(page: ChildPage, language: Language) -> tuple[Section, ...]:
    """Word the sections that the page has something to say in."""
    found = (
        _word_child(page, language),
        _word_exception(page, language),
        _word_zone(page, language),
        _word_batches(page, language),
        word_score(page, language),
        _word_standing(page, language),
        _word_ties(page, language),
        _word_lock(page, language),
        _word_placement(page, language),
        _word_decisions(page, language),
        _word_facts(page, language),
        _word_origin(page, language),
    )
    return tuple(one for one in found if one is not None)


def _word_child(page: ChildPage, _: Language) -> Section:
    batch = page.batch
    rows = (
        (_("Code of the child"), page.child_code),
        (_("Date of birth"), _.date(page.born_on)),
        (_("Household number"), page.household_code),
        (_("Batch"), MISSING if batch is None else _.pick(batch.name_zh, batch.name_en)),
    )
    return Section(_("Child"), rows, (), (), ())


def _word_exception(page: ChildPage, _: Language) -> Section | None:
    if page.reason is None:
        return None
    rows = [(_("Reason"), name_reason(page.reason, _))]
    if (ground := tell_ground(page, _)) is not None:
        rows.append((_("What it rests on"), ground))
    notes = (_(REASONS[page.reason][1]),) if page.reason in REASONS else ()
    return Section(_("For a person to decide"), tuple(rows), (), (), notes)


def _word_zone(page: ChildPage, _: Language) -> Section:
    order = " → ".join(_(ANCHORS[anchor]) for anchor in page.zone_order)
    rows: list[tuple[str, ...]] = [
        (_("School of the catchment"), name_school(page.zone_school, _)),
        (_("Looked for in this order"), order),
    ]
    if page.zone_basis is not None:
        rows.insert(1, (_("What counts"), _(ANCHORS[page.zone_basis])))
    if page.zone_dwelling is not None:
        rows.insert(2, (_("Dwelling"), page.zone_dwelling))
    return Section(_("Catchment"), tuple(rows), (), (), ())


_VERDICTS = {
    "met": msgid("Yes: this batch"),
    "failed": msgid("No"),
    "locked": msgid("No: the dwelling is locked"),
    "not_asked": msgid("Not asked"),
}


def _word_batches(page: ChildPage, _: Language) -> Section | None:
    if not page.batches:
        return None
    table = tuple(
        (_.pick(one.name_zh, one.name_en), _(_VERDICTS[one.verdict]), _word_answers(one, _))
        for one in page.batches
    )
    notes = (
        _("A child belongs to the first batch whose condition it meets."),
        _("What is unknown meets no comparison, nor its opposite."),
    )
    head = (_("Batch"), _("Belongs"), _("Because"))
    return Section(_("Batches"), (), head, table, notes)


def _word_answers(batch: BatchAnswer, _: Language) -> str:
    if batch.verdict == "not_asked":
        return _("An earlier batch took the child.")
    if not batch.answers:
        return _("The batch is open to all.") if batch.verdict == "met" else MISSING
    return _("; ").join(word_answer(answer, _) for answer in batch.answers)


def word_answer(answer: LeafAnswer, _: Language) -> str:
    """Say what a condition asks and what the child has."""
    asked = _.pick(answer.text_zh, answer.text_en)
    if answer.negated:
        asked = _("not “{asked}”", asked=asked)
    if is_missing(answer.value):
        return _("{asked}: unknown", asked=asked)
    value = tell_value(answer.fact, answer.value, _)
    return _("{asked}: {value}", asked=asked, value=value)


def _word_standing(page: ChildPage, _: Language) -> Section | None:
    found = page.standing
    if found is None:
        return None
    digits = 2 if page.score is None else page.score.decimals
    beyond = found.first_unseated_score
    rows = [
        (_("Seats of the school"), _.number(found.seats)),
        (_("Taken by earlier batches"), _.number(found.earlier_seated)),
        (
            _("Children of this batch"),
            _("{all}, of them {seated} seated", all=found.children, seated=found.seated),
        ),
        (_("Cut line: score of the last seated"), _.number(found.last_score, digits)),
        (_("Score of the first without a seat"), _.number(beyond, digits)),
        (_("Score of the child"), _.number(page.score and page.score.stored, digits)),
        (_("Place of the child in the order of the school"), _.number(found.position)),
    ]
    note = ""
    if found.position is None:
        note = _("The child has no place in this order: see the reason given.")
    elif found.seats is not None and found.position > found.seats:
        note = _(
            "Place {position} is beyond the {seats} seats.",
            position=found.position,
            seats=found.seats,
        )
    return Section(_("Cut line"), tuple(rows), (), (), (note,) if note else ())


_FIRST = {
    "earlier": msgid("the earlier first"),
    "higher": msgid("the higher first"),
    "lower": msgid("the lower first"),
    "true": msgid("yes first"),
    "lot": msgid("the lowest lot first"),
}


def _word_ties(page: ChildPage, _: Language) -> Section | None:
    if not any(tie.decided for tie in page.ties):
        return None
    table = tuple(
        (
            _("Lot") if tie.fact is None else name_fact(tie.fact, _),
            _(_FIRST[tie.first]),
            (tie.value or MISSING) if tie.fact is None else tell_value(tie.fact, tie.value, _),
            _("Decided") if tie.decided else "",
        )
        for tie in page.ties
    )
    notes = [_("Other children had the same score; these decided, one after the other.")]
    if page.lot is not None:
        notes.append(
            _(
                "The lot is the beginning of the SHA-256 of “{drawn}” (seed, household, date of"
                " birth). Anybody can draw it again: printf %s '{drawn}' | sha256sum",
                drawn=page.lot.text,
            )
        )
    head = (_("Equal scores"), _("Order"), _("The child"), "")
    return Section(_("Equal scores"), (), head, table, tuple(notes))


_EFFECTS = {
    "placement": msgid("Children of other families are placed with those without a seat."),
    "later_batch": msgid("Children of other families are ranked in a later batch."),
    "exception": msgid("A person decides about children of other families."),
}


def _word_lock(page: ChildPage, _: Language) -> Section | None:
    lock = page.lock
    if lock is None:
        return None
    rows = [
        (_("Dwelling"), lock.dwelling or MISSING),
        (_("Years for which a seat locks it"), _.number(lock.years)),
    ]
    if lock.locked_until is None:
        rows.append((_("State"), _("Free")))
    else:
        until = _("Taken by another family until {year}", year=lock.locked_until - 1)
        rows.append((_("State"), until))
        rows.append((_("The other family's child entered in"), str(lock.used_year)))
    rows += [
        (
            _("Seat used before"),
            _(
                "{year}, {school}, {family}",
                year=use.entered_year,
                school=name_school(use.school, _),
                family=_("same family") if use.same_family else _("another family"),
            ),
        )
        for use in lock.uses
    ]
    notes = [_(_EFFECTS[lock.effect])]
    if lock.siblings_exempt:
        notes.append(_("Siblings of the same family are exempt."))
    return Section(_("One dwelling, one seat"), tuple(rows), (), (), tuple(notes))


_WHYS = {
    "sibling": msgid("The child follows an elder sibling to this school."),
    "nearest": msgid("It is the nearest school that had seats left."),
    "least_total": msgid(
        "Nearer schools had fewer seats than children who need them; the division chosen has the"
        " least possible sum of all ways."
    ),
    "no_seat": msgid("All seats went to children before it in the order."),
    "no_way": msgid("No way on foot leads to a school with seats left."),
}


def _word_placement(page: ChildPage, _: Language) -> Section | None:
    found = page.placement
    if found is None:
        return None
    rows = [(_("Seats left in the district"), _.number(found.seats_left))]
    if found.walk_distance_m is not None:
        rows.append((_("Way on foot, as the run measured it"), _metres(found.walk_distance_m, _)))
    table = tuple(
        (
            name_school(one.school, _),
            _metres(one.walk_distance_m, _),
            _.number(one.seats_left),
            _.number(one.placed_here),
            _("Chosen") if one.is_chosen else "",
        )
        for one in found.candidates
    )
    head = (_("School"), _("Way on foot"), _("Seats left"), _("Placed there"), "")
    notes = [_(_WHYS[found.why])] if found.why in _WHYS else []
    if found.locked_out:
        notes.insert(0, _("The dwelling is locked, so the child has no place at its own school."))
    if not table:
        notes.append(_("The ways to other schools can no longer be measured."))
    return Section(_("Placement"), tuple(rows), head if table else (), table, tuple(notes))


def _word_decisions(page: ChildPage, _: Language) -> Section | None:
    if not page.decisions:
        return None
    table = tuple(
        (
            tell_moment(one.decided_at, _),
            _("Withdrawn") if one.school is None else name_school(one.school, _),
            one.reason,
            one.who,
        )
        for one in page.decisions
    )
    head = (_("When"), _("Decision"), _("Reason"), _("Officer"))
    notes = (
        _("The last decision counts. The run alone: {school}.", school=name_school(page.school, _)),
    )
    return Section(_("Decisions"), (), head, table, notes)


def _word_facts(page: ChildPage, _: Language) -> Section:
    table = tuple(
        (
            name_fact(one.fact, _),
            tell_value(one.fact, one.value, _),
            _(REGISTERS[one.register]),
            one.register_row or MISSING,
        )
        for one in page.facts
    )
    head = (_("Fact"), _("Content"), _("Register"), _("Entry"))
    notes = (_("As the registers stood when the run read them, seen from the opening day."),)
    return Section(_("Facts used"), (), head, table, notes)


def _word_origin(page: ChildPage, _: Language) -> Section:
    origin = page.origin
    rows = (
        (_("Run"), f"{origin.run_id} · {tell_moment(origin.started_at, _)}"),
        (_("Rules"), f"{_.pick(origin.rules_name_zh, origin.rules_name_en)} ({origin.rules})"),
        (_("Version of the rules"), origin.rule_version),
        (_("Plan"), f"{_.pick(origin.plan_name_zh, origin.plan_name_en)} ({origin.plan})"),
        (_("Date of the data"), _.date(origin.data_date)),
        (_("Seed of the lots"), str(origin.seed)),
        (_("Program"), origin.code_version),
        (_("Digest of all inputs"), origin.inputs_digest),
    )
    return Section(_("Where this comes from"), rows, (), (), ())


def name_school(school: School | None, _: Language) -> str:
    """Return the name of a school; a dash for none."""
    return MISSING if school is None else _.pick(school.name_zh, school.name_en)


def tell_ground(page: ChildPage, _: Language) -> str | None:
    """Say what the reason of an exception rests on; nothing when the reason says it all."""
    if page.reason is None or page.reason_school is not None:
        return name_school(page.reason_school, _) if page.reason_school else None
    return tell_detail(page.reason, page.reason_detail, _)


def _metres(way_m: float, _: Language) -> str:
    return f"{_.number(way_m)} m"
