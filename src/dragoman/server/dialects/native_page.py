"""The page that describes our own dialect: made here from its OpenAPI, without a script or a server from elsewhere."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 55rem; margin: 2rem auto; padding: 0 1rem; }
code, th { font-family: ui-monospace, monospace; font-weight: normal; text-align: start; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
td, th { border-bottom: 1px solid #8888; padding: .2rem 1rem .2rem 0; vertical-align: top; }
h2 { margin-top: 2.5rem; }
h2 { overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  tr { display: grid; padding: .4rem 0; border-bottom: 1px solid #8888; }
  td, th { border: 0; padding: 0; }
}
:root { color-scheme: light dark; }
"""


def page(description: Mapping[str, Any], *, style: str, machine_readable: str) -> str:
    """The page.

    Args:
        description: OpenAPI.
        style: address of :data:`STYLE`.
        machine_readable: address of ``description``.
    """
    info = description["info"]
    title = escape(f"{info['title']} {info['version']}")
    body = "\n".join(_routes(description))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{escape(style)}"></head>\n<body><main><h1>{title}</h1>\n'
        f'<p>For programs: <a href="{escape(machine_readable)}">OpenAPI</a>. A key goes into '
        f"the header <code>Authorization: Bearer …</code>.</p>\n{body}\n</main></body></html>\n"
    )


def _routes(description: Mapping[str, Any]) -> Iterator[str]:
    schemas = description.get("components", {}).get("schemas", {})
    for path, methods in description["paths"].items():
        for method, route in methods.items():
            yield f"<h2><code>{escape(method.upper())} {escape(path)}</code></h2>"
            yield f"<p>{escape(route.get('description') or route.get('summary', ''))}</p>"
            answers = route["responses"]
            yield from _message("Request", route.get("requestBody", {}), schemas)
            yield from _message("Answer", answers[min(answers)], schemas)  # the good ones come first: 200, 202


def _message(title: str, message: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    """What is sent one way, of which kind; nothing where nothing is sent."""
    for kind, about in message.get("content", {}).items():
        yield f"<h3>{title} <small>{escape(kind)}</small></h3>"
        yield from _fields(about.get("schema", {}), schemas)


def _fields(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    """The fields of an object, and of the objects in it."""
    name = _name_in(schema)
    if name is None:
        return
    fields = schemas[name].get("properties", {})
    required = schemas[name].get("required", ())
    rows = (
        f"<tr><th>{escape(field)}</th><td>{escape(_kind(about))}{'' if field in required else ', optional'}</td>"
        f"<td>{escape(about.get('description', ''))}</td></tr>"
        for field, about in fields.items()
    )
    yield f"<p><code>{escape(_kind(schema))}</code></p><table>{''.join(rows)}</table>"
    for about in fields.values():
        yield from _fields(about, schemas)


def _name_in(schema: Mapping[str, Any]) -> str | None:
    """The object that a value is, or holds a list of."""
    place = schema.get("$ref") or schema.get("items", {}).get("$ref")
    return str(place).rpartition("/")[2] if place else None


def _kind(schema: Mapping[str, Any]) -> str:
    """What a value is, in words."""
    if "$ref" in schema:
        return str(_name_in(schema))
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items') or next(iter(schema.get('prefixItems', ())), {}))}"
    return str(schema.get("type", "anything"))
