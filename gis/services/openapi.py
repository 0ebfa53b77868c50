"""OpenAPI documents from the table of addresses that a service answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ERROR = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("error", "found", "mend")},
    "required": ["error", "found", "mend"],
}
_REFUSALS = {
    "400": "The words of the address are wrong; found and mend say what and how.",
    "404": "There is no such address.",
}


@dataclass(frozen=True)
class Parameter:
    """A word that an address takes.

    Parameters
    ----------
    schema
        JSON Schema of its value.
    place
        ``query`` or ``path``.
    """

    name: str
    about: str
    schema: Mapping[str, Any]
    place: str = "query"
    is_required: bool = False


@dataclass(frozen=True)
class Operation:
    """An address, what it answers, the words it takes, the media types it can speak."""

    path: str
    about: str
    parameters: Sequence[Parameter] = ()
    media_types: Sequence[str] = ("application/json",)
    tag: str = "service"


def describe_api(
    title: str,
    about: str,
    *,
    version: str,
    server: str,
    operations: Iterable[Operation],
    openapi: str = "3.1.0",
) -> dict[str, Any]:
    """Return the OpenAPI document of a service.

    Parameters
    ----------
    server
        Address that all paths follow.
    openapi
        Version of OpenAPI: 3.1.0, or 3.0.3 for clients of OGC API.

    Examples
    --------
    >>> document = describe_api("Map", "A map.", version="1", server="/ogc",
    ...     operations=[Operation("/collections", "What there is.")])
    >>> document["paths"]["/collections"]["get"]["operationId"]
    'getCollections'
    """
    paths = {one.path: {"get": _describe_operation(one)} for one in operations}
    return {
        "openapi": openapi,
        "info": {"title": title, "description": about, "version": version},
        "servers": [{"url": server}],
        "tags": [{"name": tag} for tag in dict.fromkeys(_list_tags(paths))],
        "paths": paths,
        "components": {
            "schemas": {"Error": _ERROR},
            "responses": {
                f"Refused{status}": {
                    "description": told,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Error"}}
                    },
                }
                for status, told in _REFUSALS.items()
            },
        },
    }


def _list_tags(paths: Mapping[str, Any]) -> list[str]:
    return [tag for path in paths.values() for tag in path["get"]["tags"]]


def _describe_operation(operation: Operation) -> dict[str, Any]:
    words = operation.path.replace("{", "").replace("}", "").replace(":", "/").split("/")
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {
        media: {"schema": {"type": "object"}} if "json" in media else binary
        for media in operation.media_types
    }
    refused = {status: {"$ref": f"#/components/responses/Refused{status}"} for status in _REFUSALS}
    return {
        "operationId": "get" + "".join(word[:1].upper() + word[1:] for word in words),
        "summary": operation.about,
        "tags": [operation.tag],
        "parameters": [_describe_parameter(one) for one in operation.parameters],
        "responses": {"200": {"description": operation.about, "content": content}, **refused},
    }


def _describe_parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.about,
        "required": parameter.is_required or parameter.place == "path",
        "schema": dict(parameter.schema),
        **({"explode": False} if parameter.schema.get("type") == "array" else {}),
    }
