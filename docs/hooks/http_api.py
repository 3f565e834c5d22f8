"""The HTTP API as Markdown, from the schema that the application gives of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

Schema = dict[str, Any]

INTRODUCTION = """\
# HTTP API

This page is made from the application's own OpenAPI schema ([openapi.json](openapi.json)). A running server shows
the same at `/docs`, where you can try requests; that needs no network either.

"""


def openapi() -> Schema:
    """The schema of the API as it is by default."""
    from dashboard.api import create_api
    from dashboard.api.limits import Limits

    return create_api(Limits()).openapi()


def kind(schema: Schema) -> str:
    """The type of a value in a few words; schemas that have a name link to their section."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(kind(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{json.dumps(one)}`" for one in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}" if schema.get("items") else "list"
    return str(schema.get("type", "any"))


def cell(text: str) -> str:
    """Text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def fields(schema: Schema) -> Iterator[str]:
    """What an object holds, a row a field."""
    yield "| field | type | |\n|---|---|---|"
    for name, value in schema.get("properties", {}).items():
        told = [value["description"]] if "description" in value else []
        if name in schema.get("required", ()):
            told.append("required")
        elif "default" in value:
            told.append(f"default `{json.dumps(value['default'])}`")
        told += [f"for example `{json.dumps(one, ensure_ascii=False)}`" for one in value.get("examples", ())]
        yield f"| `{name}` | {cell(kind(value))} | {cell('; '.join(told))} |"


def content(part: Schema) -> str:
    """What a body is, or nothing."""
    found = part.get("content", {}).get("application/json", {}).get("schema")
    return kind(found) if found else ""


def operation(method: str, path: str, found: Schema) -> Iterator[str]:
    """One route."""
    yield f"\n## `{method.upper()} {path}`\n\n{found.get('description', found['summary'])}\n"
    if body := found.get("requestBody"):
        yield f"Body: {content(body)}.\n"
    yield "| status | | body |\n|---|---|---|"
    for status, answer in sorted(found["responses"].items()):
        told = answer["description"]
        if told == "Successful Response":
            told = HTTPStatus(int(status)).phrase
        yield f"| {status} | {cell(told)} | {content(answer)} |"


def http_api_page(schema: Schema) -> str:
    """The page: every route, then every named schema."""
    lines = [INTRODUCTION + schema["info"]["description"]]
    for path, found in schema["paths"].items():
        for method, told in found.items():
            lines += operation(method, path, told)
    lines.append("\n## Bodies")
    for name, told in sorted(schema["components"]["schemas"].items()):
        lines += [f"\n### {name}\n\n{told.get('description', '')}\n", *fields(told)]
    return "\n".join(lines) + "\n"
