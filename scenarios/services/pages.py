"""Pages of the services for people: plain, of one file, nothing fetched from anywhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from layers.language import Language
from scenarios.services.asking import Answer, Service

_STYLE = """
:root{--ink:#1d2733;--soft:#5d6b7a;--line:#dfe4ea;--ground:#f6f7f9;--accent:#1463a5;--card:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaef;--soft:#98a5b3;--line:#323b46;
--ground:#161b21;--accent:#6db3f2;--card:#1e252d}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 "Noto Sans CJK SC",
"Source Han Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif}
header,main{max-width:72rem;margin:auto;padding:0 1.5rem}
header{display:flex;gap:1rem;align-items:baseline;justify-content:space-between;
padding-top:1.25rem;color:var(--soft);font-size:.9rem}
a{color:var(--accent);text-decoration:none}a:hover,a:focus{text-decoration:underline}
h1{font-size:1.6rem;margin:.6rem 0 .3rem}h2{font-size:1.05rem;margin:2rem 0 .6rem}
p{max-width:48rem;margin:.3rem 0 1rem;color:var(--soft)}
ul{list-style:none;margin:0;padding:0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:.9rem}
.cards li{background:var(--card);border:1px solid var(--line);border-radius:.5rem;
padding:.9rem 1rem}.cards p{margin:.25rem 0 .5rem;font-size:.9rem}
.cards small,.links small{color:var(--soft)}
.links li{padding:.35rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.table{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
table{border-collapse:collapse;width:100%;font-size:.88rem}
th,td{text-align:left;padding:.45rem .7rem;border-bottom:1px solid var(--line);
white-space:nowrap;max-width:24rem;overflow:hidden;text-overflow:ellipsis}
tr:last-child td{border-bottom:0}th{color:var(--soft);font-weight:500}
td.number{text-align:right;font-variant-numeric:tabular-nums}
code{font-size:.88em}footer{max-width:72rem;margin:2rem auto;padding:0 1.5rem;
color:var(--soft);font-size:.85rem}
"""
_OTHERS = {"zh": ("en", "English"), "en": ("zh", "中文")}


def write_page(service: Service, answer: Answer) -> str:
    """Write the document of an answer as a page: what is in it decides what is shown."""
    _, document = service.language, answer.document
    above = [(service.language.name(service.district.profile), "/"), *answer.trail]
    trail = Markup(" › ").join(
        _write_link(_find_page(service, path), title) for title, path in above
    )
    parts = [
        Markup("<h1>{}</h1>").format(answer.title),
        Markup("<p>{}</p>").format(document.get("description", "")),
        _write_collections(document.get("collections", ()), _),
        _write_features(service, document),
        _write_fields(document.get("properties", {}), _, is_schema="$schema" in document),
        _write_list(_list_codes(document.get("crs", ())), _("Coordinate systems")),
        _write_list(document.get("conformsTo", ()), _("Standards kept")),
        write_paths(document.get("paths", {}), _("Addresses")),
        _write_links(document.get("links", ()), _("Links")),
    ]
    return write_frame(answer.title, trail, Markup("").join(parts), _, _find_other(service))


def write_frame(title: str, trail: Markup, body: Markup, language: Language, other: str) -> str:
    """Write a page around its body.

    Parameters
    ----------
    trail
        Links to the pages above.
    other
        Address of the same page in the other language.
    """
    code, name = _OTHERS[language.code]
    return str(
        Markup(
            '<!DOCTYPE html><html lang="{tag}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<title>{title}</title><style>{style}</style></head><body>"
            '<header><nav>{trail}</nav><a lang="{code}" href="{other}">{name}</a></header>'
            "<main>{body}</main></body></html>"
        ).format(
            tag=language.tag,
            title=title,
            style=Markup(_STYLE),
            trail=trail,
            code=code,
            other=other,
            name=name,
            body=body,
        )
    )


def _find_page(service: Service, path: str) -> str:
    return service.link(path, "up", f="html", lang=service.language.code)["href"]


def _find_other(service: Service) -> str:
    words = {**service.words, "f": "html", "lang": _OTHERS[service.language.code][0]}
    return f"?{urlencode(words)}"


def _write_link(href: str, title: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(href, title)


def _list_codes(texts: Any) -> list[Markup]:
    # A tile set names its one system, a collection lists its systems.
    listed = [texts] if isinstance(texts, str) else texts
    return [Markup("<code>{}</code>").format(one) for one in listed]


def _write_list(items: Any, title: str) -> Markup:
    if not items:
        return Markup("")
    rows = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    return Markup('<h2>{}</h2><ul class="links">{}</ul>').format(title, rows)


def _write_links(links: Any, title: str) -> Markup:
    told = [
        Markup("{} <small>{} · {}</small>").format(
            _write_link(link["href"], link.get("title") or link["href"]),
            link["rel"].rsplit("/", 1)[-1],
            link.get("type", ""),
        )
        for link in links
        if link["rel"] not in ("self",)
    ]
    return _write_list(told, title)


def _write_collections(collections: Any, _: Language) -> Markup:
    cards = [
        Markup("<li><strong>{}</strong><p>{}</p><small>{}</small></li>").format(
            _write_link(_strip(one, "items", "text/html"), one["title"]),
            one["description"],
            Markup(" · ").join(
                _write_link(link["href"], link["title"]) for link in one["links"][:4]
            ),
        )
        for one in collections
    ]
    if not cards:
        return Markup("")
    return Markup('<ul class="cards">{}</ul>').format(Markup("").join(cards))


def _strip(collection: Any, rel: str, media: str) -> str:
    return next(
        str(link["href"])
        for link in collection["links"]
        if link["rel"] == rel and link["type"] == media
    )


def _write_features(service: Service, document: dict[str, Any]) -> Markup:
    if document.get("type") != "FeatureCollection":
        return Markup("")
    _, features = service.language, document["features"]
    numbers = {"n": _.number(len(features)), "matched": _.number(document["numberMatched"])}
    told = Markup("<p>{}</p>").format(_("{n} of {matched} features", **numbers))
    if not features:
        return told
    items = service.path
    head = Markup("").join(map(Markup("<th>{}</th>").format, features[0]["properties"]))
    rows = []
    for feature in features:
        page = _find_page(service, f"{items}/{feature['id']}")
        first, *others = feature["properties"].values()
        cells = [Markup("<td>{}</td>").format(_write_link(page, first))]
        cells += [_write_cell(value, _) for value in others]
        rows.append(Markup("<tr>{}</tr>").format(Markup("").join(cells)))
    return told + Markup(
        '<div class="table"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(head, Markup("").join(rows))


def _write_cell(value: Any, _: Language) -> Markup:
    if isinstance(value, bool):
        return Markup("<td>{}</td>").format(_("yes") if value else _("no"))
    if isinstance(value, float):
        return Markup('<td class="number">{}</td>').format(f"{value:.10g}")
    if isinstance(value, int):
        return Markup('<td class="number">{}</td>').format(value)
    return Markup("<td>{}</td>").format("–" if value is None else value)


def _write_fields(properties: dict[str, Any], _: Language, *, is_schema: bool) -> Markup:
    if not properties:
        return Markup("")
    rows = Markup("").join(
        Markup("<tr><td>{}</td>{}</tr>").format(
            name,
            _write_cell(value.get("format") or value.get("type") if is_schema else value, _),
        )
        for name, value in properties.items()
    )
    return Markup('<div class="table"><table>{}</table></div>').format(rows)


def write_paths(paths: dict[str, Any], title: str) -> Markup:
    """Write the paths of an OpenAPI document as a list: address, what it answers, its words."""
    told = []
    for path, methods in paths.items():
        operation = methods["get"]
        words = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
        told.append(
            Markup("<code>{}</code> {}<br><small>{}</small>").format(
                path, operation["summary"], ", ".join(words)
            )
        )
    return _write_list(told, title)
