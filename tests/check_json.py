#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""check_json: does every JSON object in these files match the schema's definition of that name?

Usage: check_json.py [--differ] DEFINITION:FILE...

--differ: does each file have at least one fault? Prints those that have none.

Stricter than the schema itself: a member that it does not describe is refused, too. Exits with 0
if all match, 1 after a line for each fault, 3 without the jsonschema module.
"""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(3)

SCHEMA = pathlib.Path(__file__).parent.parent / "dist/doc/xdpctl.schema.json"


def bases(node):
    """The definitions that others include: their members alone are not all there is."""
    if isinstance(node, dict):
        yield from (part["$ref"].rsplit("/", 1)[1] for part in node.get("allOf", []))
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from bases(part)


def closed(schema):
    """Refuse members that are not described; where a base is used alone, in a copy of it."""
    included = set(bases(schema))
    for name in list(schema["$defs"]):
        part = schema["$defs"][name]
        if name in included:
            schema["$defs"][name + "_alone"] = {"$ref": f"#/$defs/{name}",
                                                "unevaluatedProperties": False}
        elif "properties" in part:
            part["unevaluatedProperties"] = False
    for part in schema["$defs"].values():
        for field in part.get("properties", {}).values():
            for place in (field, field.get("items", {})):
                if place.get("$ref", "").rsplit("/", 1)[-1] in included:
                    place["$ref"] += "_alone"
    return schema


def objects(text):
    decoder = json.JSONDecoder()
    while text:
        value, end = decoder.raw_decode(text)
        yield value
        text = text[end:].lstrip()


def faults(schema, definition, text):
    validator = jsonschema.Draft202012Validator({**schema, "$ref": f"#/$defs/{definition}"})
    count = 0
    for count, value in enumerate(objects(text.strip()), 1):
        for fault in validator.iter_errors(value):
            place = "/".join(map(str, fault.absolute_path))
            yield f"{definition}: {place}: {fault.message[:300]}"
    if not count:
        yield f"{definition}: no JSON"


def main(*pairs):
    differ = pairs[0] == "--differ"
    schema = closed(json.loads(SCHEMA.read_text(encoding="utf-8")))
    jsonschema.Draft202012Validator.check_schema(schema)
    del schema["anyOf"]
    found = []
    for pair in pairs[differ:]:
        definition, file = pair.split(":", 1)
        text = pathlib.Path(file).read_text(encoding="utf-8")
        of_file = list(faults(schema, definition, text))
        if not differ:
            found += [f"{file}: {fault}" for fault in of_file]
        elif not of_file:
            found.append(f"{definition}: matches: {text[:300]}")
    print("\n".join(found[:10]), end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
