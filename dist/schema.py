#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""schema: write the tables of json.md from the JSON Schema next to it.

Usage: schema.py dist/doc/json.md

What stands above the line MARK is kept; what follows it is replaced.
"""
import json
import pathlib
import sys

MARK = "<!-- The rest is written by dist/schema.py from xdpctl.schema.json. -->"
UNITS = {"_ns": "ns", "_bytes": "bytes"}


def link(ref):
    name = ref.rsplit("/", 1)[1]
    return f"[{name}](#{name.replace('_', '-')})"


def kind(field):
    if "$ref" in field:
        return link(field["$ref"])
    if "const" in field:
        return f"`{field['const']}`"
    types = [field["type"]] if isinstance(field["type"], str) else field["type"]
    text = " or ".join(types)
    if "items" in field:
        text = text.replace("array", f"array of {kind(field['items'])}")
    if "enum" in field:
        text += ": " + ", ".join(f"`{value}`" for value in field["enum"] if value is not None)
    return text


def unit(name, field):
    return field.get("unit") or next((u for end, u in UNITS.items() if name.endswith(end)), "")


def table(name, part):
    heading = [f"## {name.replace('_', '-')}", ""]
    if part["title"] != name:
        heading += [f"`{part['title']}`" if "-j" in part["title"] else part["title"], ""]
    if "description" in part:
        heading += [part["description"], ""]
    if "allOf" in part:
        heading += [f"All members of {link(part['allOf'][0]['$ref'])}, and:", ""]
    if "properties" not in part:
        return heading
    rows = ["| field | type | unit | meaning |", "|---|---|---|---|"]
    for field, what in part["properties"].items():
        optional = "" if field in part["required"] else " (optional)"
        rows.append(f"| `{field}`{optional} | {kind(what)} | {unit(field, what)} | "
                    f"{what.get('description', '').replace('|', 'or')} |")
    return heading + rows + [""]


def main(page):
    page = pathlib.Path(page)
    schema = json.loads((page.parent / "xdpctl.schema.json").read_text(encoding="utf-8"))
    lines = [MARK, ""]
    for name, part in schema["$defs"].items():
        lines += table(name, part)
    prose = page.read_text(encoding="utf-8").split(MARK)[0]
    page.write_text(prose + "\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
