"""Rules in prose: a whole rule set explained in Chinese or English, from the rules alone.

The text is the same each time, says every rule that decides, with the days themselves, and can be
put before parents.
"""

from __future__ import annotations

from dataclasses import dataclass

from catchments.admission.comparisons import CHOICE_WORDS, write_day
from catchments.admission.conditions import Everyone, Language
from catchments.admission.facts import FACTS
from catchments.admission.prose_words import (
    describe_condition,
    name_fact,
    name_stage,
    work_example,
)
from catchments.admission.rules import Batch, Lock, Rules, Score, StageRules, Term, Tie
from catchments.eligibility import compute_age_window

_ROUNDING = {
    "half_up": ("四舍五入", "half rounded up"),
    "half_even": ("四舍六入五成双", "half rounded to even"),
    "truncate": ("截去其余", "the rest cut off"),
}
_ZONE = {
    "registered": ("户籍地", "where it is registered"),
    "owned": ("房产所在地", "where its family owns a dwelling"),
    "residence": ("居住地", "where it lives"),
}
_OWNERS = {
    "child": "the child",
    "parent": "its parents",
    "grandparent": "its grandparents",
}


@dataclass(frozen=True)
class Section:
    """A heading and the sentences below it."""

    title: str
    lines: tuple[str, ...]


def write_prose(rules: Rules, language: Language, stage: str | None = None) -> str:
    """Return the rules of one stage, or of all, as text with headings.

    Parameters
    ----------
    stage
        Code of a stage of the rules.
    """
    zh = language == "zh"
    names = [stage] if stage is not None else [*rules.stages]
    head = [
        rules.name_zh if zh else rules.name_en,
        f"{'依据' if zh else 'Source'}{'：' if zh else ': '}{rules.source}",
        f"{'规则版本' if zh else 'Version'}{'：' if zh else ': '}{rules.code} {rules.version[:16]}",
    ]
    parts = ["\n".join(head)]
    for name in names:
        parts.append(f"== {name_stage(name, language)} {rules.year} ==")
        for section in explain_stage(rules, name, language):
            parts.append("\n".join([section.title, *(f"  {line}" for line in section.lines)]))
    return "\n\n".join(parts)


def explain_stage(rules: Rules, stage: str, language: Language) -> list[Section]:
    """Return the rules of one stage in sections, in the order in which they decide.

    Examples
    --------
    >>> from pathlib import Path
    >>> from catchments.admission.rule_files import load_rules
    >>> rules = load_rules(Path("data/districts/ouhai/admission_2026.yaml"))
    >>> print(explain_stage(rules, "primary", "en")[0].lines[0])
    Children born from 1 September 2019 to 31 August 2020, both days included.
    """
    found, zh = rules.stages[stage], language == "zh"
    titles = (
        ("谁入学", "Who enters"),
        ("报名首日", "Opening day"),
        ("施教区", "Catchment"),
        ("房产", "Property"),
        ("批次", "Batches"),
        ("分数", "Scores"),
        ("同分", "Equal scores"),
        ("一房一学位", "One dwelling, one seat"),
        ("统筹安排", "Children without a seat"),
        ("双胞胎", "Twins"),
    )
    lines = (
        _explain_entrants(rules, found, language),
        _explain_opening(found, language),
        _explain_zone(found, language),
        _explain_owners(found, language),
        _explain_batches(found, language),
        _explain_scores(found, language),
        _explain_ties(found, language),
        _explain_lock(found.lock, rules.year, language),
        _explain_placement(found, language),
        _explain_twins(found, language),
    )
    return [Section(title[not zh], tuple(said)) for title, said in zip(titles, lines, strict=True)]


def _explain_entrants(rules: Rules, found: StageRules, language: Language) -> list[str]:
    entrants, zh = found.entrants, language == "zh"
    if entrants.by == "graduates":
        assert entrants.of is not None
        assert entrants.grades is not None
        of, year = name_stage(entrants.of, language), rules.year - entrants.grades
        if zh:
            return [
                f"{rules.year}年毕业的{of}学生，即{year}年秋季入学、学制{entrants.grades}年的。"
            ]
        return [
            f"Pupils who leave {of} in {rules.year}: they entered its {entrants.grades} grades in"
            f" autumn {year}."
        ]
    assert entrants.full_years is not None
    window = compute_age_window(
        entry_age=entrants.full_years, year=rules.year, cutoff=entrants.cutoff
    )
    first, last = write_day(window.born_from, language), write_day(window.born_to, language)
    if zh:
        return [
            f"{first}至{last}出生的儿童（含首尾两日），"
            f"即截至{rules.year}年{last.partition('年')[2]}满{entrants.full_years}周岁。",
            "年龄超过者须持缓学证明。",
        ]
    return [
        f"Children born from {first} to {last}, both days included.",
        f"They are {entrants.full_years} full years old on the last of these days in {rules.year}.",
        "Older children need a deferral certificate.",
    ]


def _explain_opening(found: StageRules, language: Language) -> list[str]:
    day = write_day(found.opens_on, language)
    if language == "zh":
        return [f"{day}开始报名；月数由这一天往回计算。"]
    return [f"Registration opens on {day}; months are counted back from that day."]


def _explain_zone(found: StageRules, language: Language) -> list[str]:
    names = [_ZONE[anchor][language == "en"] for anchor in found.zone]
    if language == "zh":
        return [f"儿童属于哪个施教区，依次看：{'、'.join(names)}；以最先查到的为准。"]
    return [f"A child belongs to the catchment {', else '.join(names)}."]


def _explain_owners(found: StageRules, language: Language) -> list[str]:
    share = f"{found.least_share_pct:.10g}"
    if language == "zh":
        names = "、".join(CHOICE_WORDS[owner] for owner in found.owners)
        said = f"产权人为{names}的房产才算"
        return [said + (f"，且他们合计至少占 {share} %。" if found.least_share_pct else "。")]
    owners = ", ".join(_OWNERS[owner] for owner in found.owners)
    least = f", who together hold at least {share} %" if found.least_share_pct else ""
    return [f"A dwelling counts when its owners are among: {owners}{least}."]


def _explain_batches(found: StageRules, language: Language) -> list[str]:
    zh = language == "zh"
    lines = [
        "儿童归入第一个符合条件的批次；有余额时下一批次才开始。资料不详的，不算符合比较条件，也不算符合其反面。"
        if zh
        else "A child belongs to the first batch whose condition it meets; the next opens only"
        " while seats remain. What is unknown meets no comparison, nor its opposite."
    ]
    for number, batch in enumerate(found.batches, 1):
        lines.append(_explain_batch(number, batch, found, language))
    return lines


def _explain_batch(number: int, batch: Batch, found: StageRules, language: Language) -> str:
    condition = describe_condition(batch.condition, language)
    score = found.scores[batch.score] if batch.score else None
    if language == "zh":
        who = "其余所有儿童" if isinstance(batch.condition, Everyone) else condition
        ranked = f"按“{score.name_zh}”得分由高到低" if score else "不计分，直接按同分规则"
        dwelling = "；录取后占用该房学位" if batch.uses_dwelling else ""
        return f"{number}. {batch.name_zh}：{who}。{ranked}{dwelling}。"
    who = "all others" if isinstance(batch.condition, Everyone) else condition
    ranked = f"Highest score “{score.name_en}” first" if score else "No score: equal scores decide"
    dwelling = "; a seat uses up the dwelling" if batch.uses_dwelling else ""
    return f"{number}. {batch.name_en}: {who}. {ranked}{dwelling}."


# -- scores and ties ---------------------------------------------------------------------------


def _explain_scores(found: StageRules, language: Language) -> list[str]:
    used = {batch.score for batch in found.batches}
    scores = [score for code, score in found.scores.items() if code in used]
    if not scores:
        return ["不计分。" if language == "zh" else "There are no scores."]
    return [line for score in scores for line in _explain_score(score, found, language)]


def _explain_score(score: Score, found: StageRules, language: Language) -> list[str]:
    zh = language == "zh"
    terms = [_explain_term(term, score, language) for term in score.terms]
    rounding = _ROUNDING[score.rounding][not zh]
    if zh:
        first = f"“{score.name_zh}”：{'；加'.join(terms)}。"
        each = "每项各自" if score.round_each else "合计后"
        kept = f"{each}保留 {score.decimals} 位小数，{rounding}。"
    else:
        first = f"“{score.name_en}”: {'; plus '.join(terms)}."
        each = "Each term" if score.round_each else "The sum"
        decimals = "1 decimal" if score.decimals == 1 else f"{score.decimals} decimals"
        kept = f"{each} is kept to {decimals}, {rounding}."
    return [first, kept, _write_example(score, found, language)]


def _explain_term(term: Term, score: Score, language: Language) -> str:
    zh, name = language == "zh", name_fact(term.fact, language)
    if FACTS[term.fact].kind == "date":
        said = (
            f"自{name}起至报名首日，每满一个月 1 分，余下天数除以 {score.days_of_month}"
            if zh
            else f"1 for each full month from the {name} to the opening day, the remaining days"
            f" ÷ {score.days_of_month}"
        )
    else:
        said = name
    if term.weight != 1:
        said += f"，乘以 {term.weight}" if zh else f", times {term.weight}"
    if term.when is not None and not isinstance(term.when, Everyone):
        when = describe_condition(term.when, language)
        said += f"（仅当{when}，否则 0 分）" if zh else f" (only if {when}, else 0)"
    if term.missing == "zero":
        return said + ("，不详的为 0 分" if zh else ", 0 when unknown")
    return said + ("，不详的由人决定" if zh else ", when unknown a person decides")


def _write_example(score: Score, found: StageRules, language: Language) -> str:
    worked, total = work_example(score, found.opens_on, language)
    if language == "zh":
        parts = [f"{name_fact(w.term.fact, 'zh')} {w.shown}：{w.working}" for w in worked]
        return f"例：{'；'.join(parts)}；合计 {total} 分。"
    parts = [f"{name_fact(w.term.fact, 'en')} {w.shown}: {w.working}" for w in worked]
    return f"Example: {'; '.join(parts)}; in all {total}."


def _explain_ties(found: StageRules, language: Language) -> list[str]:
    said = [_explain_tie(tie, language) for tie in found.ties]
    if language == "zh":
        return [f"依次比较：{'；'.join(said)}。资料不详的排在后面。"]
    return [f"In this order: {'; '.join(said)}. Where the fact is unknown, a child comes last."]


def _explain_tie(tie: Tie, language: Language) -> str:
    zh = language == "zh"
    if tie.fact is None:
        return "按公布的种子抽签，可复核" if zh else "a lot drawn from a published seed"
    words = {
        "earlier": ("{}早者在先", "earlier {} first"),
        "higher": ("{}高者在先", "higher {} first"),
        "lower": ("{}低者在先", "lower {} first"),
        "true": ("“{}”者在先", "those of whom “{}” holds first"),
    }
    return words[tie.first][not zh].format(name_fact(tie.fact, language))


# -- lock, placement, twins --------------------------------------------------------------------


def _explain_lock(lock: Lock | None, year: int, language: Language) -> list[str]:
    zh = language == "zh"
    if lock is None:
        return ["没有锁定。" if zh else "There is no lock."]
    lines = [_explain_years(lock.years, year, language)]
    schools: dict[int, list[str]] = {}
    for code, years in lock.schools.items():
        schools.setdefault(years, []).append(code)
    for years, codes in sorted(schools.items()):
        named = ("、" if zh else ", ").join(sorted(codes))
        lines.append(f"以下学校为 {years} 年：{named}。" if zh else f"{years} years at: {named}.")
    effects = {
        "placement": ("统筹安排", "are placed with those without a seat"),
        "later_batch": (
            "排入不占用房屋学位的后一批次",
            "go to a later batch that uses no dwelling",
        ),
        "exception": ("由人决定", "are for a person to decide"),
    }
    effect = effects[lock.effect][not zh]
    lines.append(f"其他家庭的儿童：{effect}。" if zh else f"Children of other families {effect}.")
    if lock.siblings_exempt:
        lines.append("同户兄弟姐妹不受限制。" if zh else "Siblings of the same family are exempt.")
    else:
        lines.append("同户兄弟姐妹同样受限。" if zh else "Siblings are not exempt.")
    return lines


def _explain_years(years: int, year: int, language: Language) -> str:
    last = year + years - 1
    if language == "zh":
        said = f"一套房在 {years} 年内只供一户家庭取得学位"
        return f"{said}：{year}年取得的，锁定至{last}年。" if years > 1 else f"{said}，次年即解锁。"
    said = f"One dwelling gives one family a seat in {years} years"
    if years == 1:
        return f"{said}: it is free again the next year."
    return f"{said}: a seat of {year} locks it through {last}."


def _explain_placement(found: StageRules, language: Language) -> list[str]:
    first = found.placement.siblings_first
    if language == "zh":
        said = ["没有学位的儿童，统筹安排到相对就近、仍有学位的学校，步行距离总和最小。"]
        return [*said, "有余额时，先随兄姐同校。"] if first else said
    said = [
        "Children without a seat go to a relatively near school with seats left, so that they walk"
        " the least in all."
    ]
    return (
        [*said, "A child follows an elder sibling as long as there are seats."] if first else said
    )


def _explain_twins(found: StageRules, language: Language) -> list[str]:
    if found.twins == "together":
        if language == "zh":
            return ["同户同日出生的儿童若分到不同学校，由人决定。"]
        return ["Children of one household born on one day whose schools differ: a person decides."]
    return ["各自录取。" if language == "zh" else "Each is admitted alone."]
