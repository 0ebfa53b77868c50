"""YAML of a rule file with the line of every word: what stands where, and what is wrong there.

PyYAML's composer gives nodes with marks and builds no objects; values are read here, strictly:
one way to write a number, a date or a yes.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gis.errors import RejectedDataError, UsageError

MAX_CHARACTERS = 60_000
MAX_DEPTH = 40

_STRANGE = "A character that no text file has stands here."
# Escapes such as "\e" would pass through messages to the terminal, halves of pairs cannot be shown.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TEXT = "tag:yaml.org,2002:"
_PLAIN_TAGS = {
    _TEXT + name
    for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge", "value")
}
_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off"}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in a rule file.

    Parameters
    ----------
    line
        Counted from 1.
    key
        Where in the file, such as ``batches[2].when``.
    found, mend
        What is wrong and how to put it right.
    """

    line: int
    key: str
    found: str
    mend: str

    def __str__(self) -> str:
        """Return one line for people."""
        where = f"line {self.line}" + (f", {self.key}" if self.key else "")
        return f"{where}: {self.found} {self.mend}".rstrip()


class RejectedRulesError(RejectedDataError):
    """A rule file is broken; lists every fault with its line."""

    def __init__(self, origin: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        count = "a fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        listed = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"Rules {origin} have {count}:\n{listed}", mend="Mend these lines.")

    def list_faults(self) -> list[dict[str, Any]]:
        """Return the faults for programs."""
        return [asdict(fault) for fault in self.faults]


@dataclass
class Faults:
    """Collects the faults of a file, each once."""

    found: dict[tuple[int, str], Fault] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)

    def add(self, place: Place, found: str, mend: str) -> None:
        """Note a fault at `place`; the same words on the same line are one fault."""
        fault = Fault(place.line, place.key, found, mend)
        self.found.setdefault((fault.line, fault.found), fault)
        ends = (match.start() for match in re.finditer(r"[.\[]", place.key))
        self.keys.update({place.key, *(place.key[:end] for end in ends)})

    def has_below(self, key: str) -> bool:
        """Whether something is wrong at the place of `key` or inside it."""
        return key in self.keys

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.found)


@dataclass(frozen=True)
class Place:
    """A node of the file, with the path of keys that leads to it."""

    node: yaml.Node
    key: str

    @property
    def line(self) -> int:
        """Return the line, counted from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def word(self) -> str | None:
        """Return the text of a single value; None for lists, mappings and nothing."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag == _TEXT + "null":
            return None
        return str(self.node.value)

    @property
    def is_bool(self) -> bool:
        """Whether it is a yes or no."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag == _TEXT + "bool"

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag == _TEXT + "null"

    def show(self) -> str:
        """Return what stands there, short, for a message."""
        if self.is_list:
            return "a list"
        if self.is_mapping:
            return "keys and values"
        if self.is_empty:
            return "nothing"
        return f"'{shorten(str(self.node.value))}'"

    def list_items(self) -> list[Place]:
        """Return the items of a list; a single value is a list of one."""
        if not isinstance(self.node, yaml.SequenceNode):
            return [self]
        return [Place(node, f"{self.key}[{i}]") for i, node in enumerate(self.node.value, 1)]


def shorten(word: str) -> str:
    """Return a word for a message, cut when it is long."""
    return word if len(word) <= 40 else word[:37] + "..."


def load_text(path: Path) -> str:
    """Read the text of a rule file.

    Raises
    ------
    UsageError
        When there is no such file or it cannot be read.
    RejectedRulesError
        When it is no UTF-8, with the line.
    """
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            f"Rules {path} cannot be read: {reason}.", mend="Name an existing rule file."
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault(
            content.count(b"\n", 0, error.start) + 1,
            "",
            f"Byte 0x{content[error.start]:02x} is no UTF-8.",
            "Save the file as UTF-8.",
        )
        raise RejectedRulesError(str(path), [fault]) from error


def compose(text: str, origin: str) -> Place:
    """Read YAML into nodes.

    Raises
    ------
    RejectedRulesError
        When it is no YAML, empty, too large or too deep, or uses anchors, aliases or tags.
    """

    def reject(line: int, found: str, mend: str) -> RejectedRulesError:
        return RejectedRulesError(origin, [Fault(line, "", found, mend)])

    if len(text) > MAX_CHARACTERS:
        raise reject(
            1, f"The file has {len(text)} characters.", f"Rules need at most {MAX_CHARACTERS}."
        )
    try:
        faults = _list_foreign(text)
        node = None if faults else yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.problem == "could not find expected ':'":
            mark = error.context_mark  # the key stands there, the surprise a line below
        line = mark.line + 1 if mark else 1
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise reject(
            line, f"This is no YAML: {problem}.", "Mind colons, quotes and indentation."
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise reject(line, _STRANGE, "Delete it.") from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise reject(1, f"This is no YAML: {error}.", "Write it anew.") from error
    if faults:
        raise RejectedRulesError(origin, faults)
    if node is None:
        raise reject(1, "The file is empty.", "Write the rules, or take another file.")
    return Place(node, "")


def _list_foreign(text: str) -> list[Fault]:
    """Find what rules do not need and what makes small files large or deep."""
    faults: list[Fault] = []
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            faults.append(
                Fault(line, "", "An anchor or alias (& or *) stands here.", "Write it out.")
            )
        if isinstance(event, yaml.ScalarEvent) and _UNPRINTABLE.search(event.value):
            faults.append(Fault(line, "", _STRANGE, "Delete it."))
        tag = getattr(event, "tag", None)
        if tag not in {None, "!"} | _PLAIN_TAGS:
            faults.append(Fault(line, "", f"A tag {tag} stands here.", "Leave it out."))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            return [
                Fault(line, "", f"Lists stand in lists more than {MAX_DEPTH} deep.", "Flatten it.")
            ]
    return faults


# -- values --------------------------------------------------------------------------------


def read_mapping(
    place: Place, faults: Faults, *, known: Iterable[str] = (), required: Iterable[str] = ()
) -> dict[str, Place]:
    """Return the keys of a mapping with their places; wrong ones are noted.

    Parameters
    ----------
    known
        Keys that may stand there; nothing: any.
    required
        Keys that must.
    """
    if not isinstance(place.node, yaml.MappingNode):
        faults.add(
            place, f"Found {place.show()} instead of keys and values.", "Write `key: value`."
        )
        return {}
    allowed, entries = [*known], {}
    for key_node, node in place.node.value:
        at = Place(key_node, place.key)
        name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else None
        if name is None:
            faults.add(at, "A key is no plain word.", "Write `key: value`.")
        elif name in entries:
            faults.add(at, f"Key '{shorten(name)}' stands here twice.", "Keep one of them.")
        elif allowed and name not in allowed:
            faults.add(at, f"There is no key '{shorten(name)}'.", suggest(name, allowed))
        else:
            inner = f"{place.key}.{shorten(name)}" if place.key else shorten(name)
            entries[name] = Place(node, inner)
    for name in required:
        if name not in entries:
            faults.add(place, f"Key '{name}' is missing.", f"Add `{name}:`.")
    return entries


def suggest(word: str, known: Iterable[str]) -> str:
    """Say what may have been meant, else what there is."""
    names = [*known]
    near = difflib.get_close_matches(word, names, n=1)
    return f"Did you mean '{near[0]}'?" if near else f"Use one of {', '.join(names)}."


def read_text(place: Place, faults: Faults) -> str:
    """Return words; nothing is a fault."""
    if place.word is None or not place.word.strip():
        faults.add(place, f"Found {place.show()} instead of words.", "Write a name.")
        return ""
    return place.word.strip()


def check_code(code: str, place: Place, faults: Faults) -> None:
    """Check a code: small letters, digits and underscores, beginning with a letter."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", code):
        faults.add(
            place,
            f"'{shorten(code)}' is no code.",
            "Use small letters, digits and underscores, beginning with a letter.",
        )


def read_code(place: Place, faults: Faults) -> str:
    """Return a code, checked by :func:`check_code`."""
    check_code(place.word or "", place, faults)
    return place.word or ""


def read_option(place: Place, faults: Faults, options: Iterable[str]) -> str:
    """Return one of some words; the first of them when it is another."""
    names = [*options]
    if place.word in names:
        return str(place.word)
    faults.add(place, f"Found {place.show()}.", suggest(place.word or "", names))
    return names[0]


def read_bool(place: Place, faults: Faults) -> bool:
    """Return a yes or no."""
    word = (place.word or "").lower()
    if not place.is_bool or word not in _TRUE | _FALSE:
        faults.add(place, f"Found {place.show()} instead of yes or no.", "Write yes or no.")
    return word in _TRUE


def read_number(
    place: Place, faults: Faults, *, least: float = -1e9, most: float = 1e9
) -> float | None:
    """Return a decimal number in bounds; None when it is none."""
    word = place.word or ""
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,12})?", word, flags=re.ASCII):
        faults.add(place, f"Found {place.show()} instead of a number.", "Write it like 60 or 0.5.")
        return None
    if not least <= float(word) <= most:
        faults.add(
            place, f"{word} is out of range.", f"Give a number from {least:.10g} to {most:.10g}."
        )
        return None
    return float(word)


def read_whole(place: Place, faults: Faults, *, least: int, most: int) -> int:
    """Return a whole number in bounds; the least when it is none."""
    number = read_number(place, faults, least=least, most=most)
    if number is None:
        return least
    if number != int(number):
        faults.add(place, f"{number:g} is no whole number.", "Write a whole number.")
    return int(number)


def read_date(place: Place, faults: Faults) -> dt.date | None:
    """Return a day of the calendar; None when there is no such day."""
    word = place.word or ""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", word, flags=re.ASCII):
        faults.add(place, f"Found {place.show()} instead of a date.", "Write it like 2026-05-20.")
        return None
    try:
        day = dt.date.fromisoformat(word)
    except ValueError:
        faults.add(place, f"There is no day {word}.", "Look it up in a calendar.")
        return None
    if not 1900 <= day.year <= 2200:
        faults.add(place, f"{word} is far from our time.", "Check the year.")
        return None
    return day
