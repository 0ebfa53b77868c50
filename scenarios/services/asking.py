"""What a request asks a service for: its district and plan, its words, its language, its form."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from flask import request
from sqlalchemy import Connection

from gis.errors import UsageError
from gis.services.features import Question, open_question
from gis.services.systems import System, list_systems
from layers.language import Language, load_language
from scenarios.cockpit.data_routes import UnknownAddressError
from scenarios.district import District, Plan
from scenarios.services.collections import Entry, build_source, find_entry

JSON, HTML = "json", "html"
SHARED_WORDS = ("f", "lang")


@dataclass(frozen=True)
class Service:
    """A district's service, as one request meets it.

    Parameters
    ----------
    base
        Absolute address of the landing page, without a slash at the end.
    path
        The address asked for, below `base`.
    words
        Words of the address behind the question mark.
    """

    connection: Connection
    district: District
    plan: Plan
    base: str
    path: str
    words: dict[str, str]
    language: Language
    form: str

    @property
    def systems(self) -> tuple[System, ...]:
        """Coordinate systems that geometry can be had in, the default first."""
        return list_systems(self.district.profile.metric_srid)

    def check_words(self, known: Collection[str]) -> None:
        """Refuse words that an address does not take: left out, they would answer too much.

        Raises
        ------
        UsageError
            Naming the word, and those that are taken.
        """
        unknown = [word for word in self.words if word not in (*known, *SHARED_WORDS)]
        if unknown:
            raise UsageError(
                f"'{unknown[0][:60]}' is no parameter of this address.",
                mend=f"Use some of {', '.join((*known, *SHARED_WORDS))}.",
            )

    def open_question(self, entry: Entry) -> Question:
        """Open the question of a collection."""
        source = build_source(self.connection, self.district, self.plan, entry)
        return open_question(self.connection, source)

    def link(
        self, path: str, rel: str, title: str = "", media: str = "application/json", **words: str
    ) -> dict[str, str]:
        """Return a link to an address of this service."""
        query = f"?{urlencode(words)}" if words else ""
        href = f"{self.base}{quote(path)}{query}"
        told = {"href": href, "rel": rel, "type": media, "title": title}
        return {name: value for name, value in told.items() if value}

    def link_forms(self, path: str, media: str = "application/json") -> list[dict[str, str]]:
        """Return the links of a document to itself and to its other form, words kept."""
        kept = {word: value for word, value in self.words.items() if word != "f"}
        links = []
        for form, type_ in ((JSON, media), (HTML, "text/html")):
            rel = "self" if form == self.form else "alternate"
            links.append(self.link(path, rel, form.upper(), type_, **kept, f=form))
        return links


def find_collection(code: str) -> Entry:
    """Return the collection that an address names.

    Raises
    ------
    UnknownAddressError
        When there is none of that code.
    """
    try:
        return find_entry(code)
    except UsageError as error:
        raise UnknownAddressError(error.found, mend=error.mend) from error


@dataclass(frozen=True)
class Answer:
    """What a service answers: a document and what is said about it.

    Parameters
    ----------
    trail
        Pages above it: title and path.
    """

    document: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    title: str = ""
    trail: tuple[tuple[str, str], ...] = ()


def read_form() -> str:
    """Return the form that a request wants: what ``f`` says, else what the client accepts.

    Raises
    ------
    UsageError
        When it is neither json nor html.
    """
    asked = request.args.get("f")
    if asked is None:
        best = request.accept_mimetypes.best_match(
            ["application/json", "application/geo+json", "text/html"], "application/json"
        )
        return HTML if best == "text/html" else JSON
    if asked not in (JSON, HTML):
        raise UsageError(f"f={asked[:40]!r} is no form of answer.", mend="Use f=json or f=html.")
    return asked


def read_language(default: str) -> Language:
    """Return the language that a request wants: what ``lang`` says, else the page's own.

    Raises
    ------
    UsageError
        When there is no such language.
    """
    asked = request.args.get("lang")
    if asked is None:
        asked = request.accept_languages.best_match(["zh", "en"], default)
    return load_language(asked.split("-")[0])


def read_words() -> dict[str, str]:
    """Return the words behind the question mark.

    Raises
    ------
    UsageError
        When one stands twice: nobody knows which is meant.
    """
    words = request.args.to_dict(flat=False)
    twice = [word for word, values in words.items() if len(values) > 1]
    if twice:
        raise UsageError(f"'{twice[0][:60]}' is given twice.", mend="Give it once.")
    return {word: values[0] for word, values in words.items()}
