"""What measures, rules, steps and outcomes of data management are called on its pages."""

from __future__ import annotations

import re
from collections.abc import Collection

from gis.ingest.dictionary import list_columns, read_words
from gis.ingest.district import LOAD_ORDER
from layers.coverages import ELEVATION, POPULATION
from layers.language import Language, msgid

_TABLES = {table.name: table for table in LOAD_ORDER}
_RASTERS = {ELEVATION: msgid("Elevation"), POPULATION: msgid("Population grid")}

MEASURE_WORDS = {
    "completeness": msgid("Completeness"),
    "validity": msgid("Validity"),
    "uniqueness": msgid("Uniqueness"),
    "consistency": msgid("Consistency"),
    "timeliness": msgid("Timeliness"),
}

# What each measure counts, as docs/methods/data_quality.md defines it.
MEASURE_NOTES = {
    "completeness": msgid("Filled values of the columns that matter"),
    "validity": msgid("Delivered rows that kept every rule"),
    "uniqueness": msgid("Keys and identities that stand there once"),
    "consistency": msgid("References and rules between registers that hold"),
    "timeliness": msgid("In time 100%; after the due day less by the day, 0% after as long again"),
}

PART_WORDS = {
    "rows_kept": msgid("Rows kept of the newest delivery"),
    "keys": msgid("Keys of delivered rows"),
    "references": msgid("References of delivered rows"),
    "pupils_in_classes": msgid("Pupils ≤ classes × the most a class can have"),
    "pupils_and_children": msgid("Pupils of the entry grade against children of its age"),
    "seats_in_classes": msgid("Seats ≤ classes × the most a class can have"),
    "entry_in_seats": msgid("Entry seats and classes within the whole"),
}

# Results by the first word of their kind in the records of runs.
RUN_WORDS = {
    "accessibility": msgid("Seats within reach"),
    "admission": msgid("Yearly assignment"),
    "appraisal": msgid("School development"),
    "balance": msgid("Resource distribution"),
    "count": msgid("Children by catchment"),
    "demand": msgid("Eligible children"),
    "draw": msgid("Catchments"),
    "forecast": msgid("Forecast"),
    "growth": msgid("Student growth"),
    "network": msgid("School network"),
    "progress": msgid("Project monitoring"),
    "reach": msgid("Ways to school"),
    "reconcile": msgid("Comparison of registers"),
    "residents": msgid("Residents"),
    "results": msgid("Academic results"),
    "teachers": msgid("Teacher analysis"),
}

RULE_WORDS = {
    "authority": msgid("The authority's value"),
    "newest": msgid("The newer value"),
    "first": msgid("What was there first"),
}

OUTCOME_WORDS = {
    "refused": msgid("Refused"),
    "changed": msgid("Read otherwise"),
    "warned": msgid("Doubtful"),
}

MODE_WORDS = {
    "update": msgid("Update: rows that the files lack stay"),
    "append": msgid("Append: rows that are stored are refused"),
    "replace": msgid("Replace: rows that the files lack are removed"),
}

COUNT_WORDS = {
    "read": msgid("Rows read"),
    "new": msgid("New"),
    "changed": msgid("Changed"),
    "same": msgid("Unchanged"),
    "refused": msgid("Refused"),
    "noted": msgid("With remarks"),
    "vanished": msgid("Not in the files"),
}

DELIVERY_STEP_WORDS = {
    "waiting": msgid("Waiting"),
    "read": msgid("Reading the files"),
    "guess": msgid("Comparing the headers"),
    "map": msgid("Taking the columns"),
    "values": msgid("Reading the values"),
    "contract": msgid("Checking the rules"),
    "compare": msgid("Comparing with what is stored"),
    "store": msgid("Storing the rows"),
    "done": msgid("Storing the rows"),
    "demand": msgid("Counting the children"),
    "residents": msgid("Counting the residents"),
    "ways": msgid("Measuring the ways"),
    "accessibility": msgid("Measuring accessibility"),
    "progress": msgid("Measuring the progress of projects"),
    "balance": msgid("Rating the balance"),
}

# What checks say, word for word; gaps are filled by the check. See `tell_check`.
CHECK_WORDS = (
    msgid("full-width signs are read as plain ones"),
    msgid("a day in words is read as one in figures"),
    msgid("Write it as 2026-03-31."),
    msgid("commas between thousands are left out"),
    msgid("Write the number without them."),
    msgid("the value is not in the code list"),
    msgid("Use one of {codes}."),
    msgid("the value must not be empty"),
    msgid("Fill it in."),
    msgid("the value must be text"),
    msgid("the value must be true or false"),
    msgid("the value must be a number"),
    msgid("the value must be a whole number below {most}"),
    msgid("the value must be a date such as 2026-03-31"),
    msgid("the value must be {form}"),
    msgid("Write it so."),
    msgid("Compare it with the document."),
    msgid("the day must not lie before {day}"),
    msgid("Correct one of the two."),
    msgid("the same value stands in another row"),
    msgid("Compare both rows; one may be wrong."),
    msgid("blanks, full-width signs and a small x of the number are made plain"),
    msgid("the date of birth is not that of the identity number"),
    msgid("Compare both with the document."),
    msgid("an identity number has 17 digits, then a digit or X"),
    msgid("the 7th to 14th digit of an identity number are a birth date"),
    msgid("the check character of an identity number fits its digits (GB 11643)"),
    msgid("Compare it with the document; a digit is wrong or two are swapped."),
    msgid("Correct the number."),
    msgid("it must hold that {rule}"),
    msgid("Correct the value."),
    msgid("the same key stands above"),
    msgid("Keep one row for each key."),
    msgid("the geometry is empty"),
    msgid("Draw it in the source, or remove the row."),
    msgid("the geometry is not valid"),
    msgid("Repair it in the source, for example with ST_MakeValid."),
    msgid("the geometry must be a {kind}"),
    msgid("Deliver that kind of geometry."),
    msgid("the name of a {thing} is read as its code"),
    msgid("Nothing need be done; the code in the source saves this note."),
    msgid("the key is stored already"),
    msgid("Leave the row out, or load without --append."),
    msgid("a new row needs {columns}"),
    msgid("Add the column, or map one to it; rows that are there need not have it."),
    msgid("no {thing} has this code"),
    msgid("Correct the code, or deliver the {thing} first."),
    msgid("the day lies after the data date, {day}"),
    msgid("Correct the day, or state the day of the data in the profile."),
    msgid("it belongs to another {thing}"),
    msgid("Correct one of the two codes."),
    msgid(
        "{refused} of {read} rows ({share} %) break a rule, more than the {most} % that the profile"
        " allows. Nothing was stored."
    ),
    msgid("Mend the rows that the report lists and load the files again."),
    msgid("The files lack {columns}, by which rows of {thing} are known."),
    msgid("Map a column to it; --suggest writes a mapping to change."),
    msgid("The files hold no rows."),
    msgid("Export them again."),
    msgid("'{header}' is not known; it looks like {column}."),
    msgid("'{header}' is in {unit}, {column} in {ours}: the mapping multiplies by {times}."),
    msgid("'{header}' and another header both mean {column}; the first is taken."),
    msgid("These files were loaded on {day} already; nothing changed."),
    msgid("The text is no UTF-8; it was read as GB18030."),
    msgid(
        "The text fits UTF-8, but makes words only as GB18030; it was read as that. State"
        " utf-8 if that is wrong."
    ),
    msgid("A byte order mark was taken off; the text is {encoding}."),
    msgid("The stated encoding {encoding} was read as {named}."),
    msgid("The cells are divided by {delimiter}."),
    msgid("Column {at} has no name; it is called {name}."),
    msgid("{n} rows without any value were passed over."),
    msgid("Row {n} is a title and was passed over."),
    msgid("Rows {first} to {last} were joined to the names of the columns."),
    msgid("Other files were passed over: {names}."),
    msgid("Sheets without rows were passed over: {names}."),
    msgid("The workbook has {n} formulas; the results that were last stored with them were read."),
    msgid("The workbook has {n} cells with an error such as #N/A; they were read as empty."),
    msgid("The heights of {n} geometries were dropped."),
    msgid("GeoJSON without a word on it is in WGS 84 (RFC 7946)."),
    msgid("The shift of {shift} was undone, as stated: now {crs}."),
    msgid("File {file} states no coordinate system for its geometry."),
    msgid("Name it with --crs, such as EPSG:4490 or gcj02, or as crs in the mapping."),
)


def _build_pattern(words: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", words)
    pattern = "".join(
        f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)
    )
    return re.compile(pattern, re.DOTALL)


# Sentences without gaps first, then those whose fixed words are longest.
_PATTERNS = sorted(
    ((_build_pattern(words), words) for words in CHECK_WORDS),
    key=lambda pair: ("{" in pair[1], -len(re.sub(r"\{\w+\}", "", pair[1]))),
)


def tell_check(text: str, language: Language) -> str:
    """Return what a check says in the language of the page; what is not known stays as it is.

    Examples
    --------
    >>> from layers.language import load_language
    >>> tell_check("no school has this code", load_language("zh"))
    '没有这一代码的学校'
    """
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            fields = found.groupdict()
            if "thing" in fields:
                fields["thing"] = name_dataset(fields["thing"], language)
            return language(words, **fields)
    return text


def name_dataset(code: str, language: Language) -> str:
    """Return the name of a dataset as people say it."""
    if code not in _TABLES:
        return language(_RASTERS[code]) if code in _RASTERS else code
    chinese = next(iter(read_words(code).zh), code)
    return language.pick(chinese, code.replace("_", " "))


def name_run(kind: str, language: Language) -> str:
    """Return what a run computes as people say it.

    Examples
    --------
    >>> from layers.language import load_language
    >>> name_run("balance_needs", load_language("en")), name_run("new one", load_language("en"))
    ('Resource distribution', 'new one')
    """
    words = RUN_WORDS.get(re.split(r"[ _]", kind)[0])
    return language(words) if words else kind


def name_office(office: object, first: Collection[str], language: Language) -> str:
    """Return the name of an office; what came with the district, one of `first`, has none."""
    _ = language
    return _("Loaded with the district") if office in first else str(office)


def name_column(dataset: str, code: str, language: Language) -> str:
    """Return the name of a column as offices write it; columns joined by a comma one by one."""
    if dataset not in _TABLES:
        return code
    words = read_words(dataset).columns

    def name(one: str) -> str:
        if one == "geom":
            return language("Geometry")
        return language.pick(next(iter(words.get(one, ())), one), one)

    return ", ".join(name(one.strip()) for one in code.split(","))


def name_part(dataset: str, part: str, language: Language) -> str:
    """Return what a part of a measure is called: a column or a rule."""
    if part in PART_WORDS:
        return language(PART_WORDS[part])
    known = dataset in _TABLES and part in list_columns(_TABLES[dataset])
    return name_column(dataset, part, language) if known else part
