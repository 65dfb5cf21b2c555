#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""check_spdx: compare an SPDX document with the structure of SPDX 2.3 in JSON, and with the files.

Usage: check_spdx.py ROOT DOCUMENT [FILE...]

FILE: the files of the package, as paths below ROOT; the document itself may be among them. Without any,
all below ROOT. Prints what is wrong.
"""
import hashlib
import json
import pathlib
import sys

import jsonschema

TEXT = {"type": "string", "minLength": 1}
REFERENCE = {"type": "string", "pattern": "^SPDXRef-[a-zA-Z0-9.-]+$"}
LICENCE = {"type": "string", "pattern": "^[A-Za-z0-9.-]+( AND [A-Za-z0-9.-]+)*$"}


def record(required, **optional):
    return {"type": "object", "required": list(required), "additionalProperties": False,
            "properties": {**required, **optional}}


def some(items):
    return {"type": "array", "minItems": 1, "items": items}


CHECKSUM = {"oneOf": [
    record({"algorithm": {"const": name},
            "checksumValue": {"type": "string", "pattern": f"^[0-9a-f]{{{digits}}}$"}})
    for name, digits in (("SHA1", 40), ("SHA256", 64))]}
SCHEMA = record({
    "spdxVersion": {"const": "SPDX-2.3"},
    "dataLicense": {"const": "CC0-1.0"},
    "SPDXID": {"const": "SPDXRef-DOCUMENT"},
    "name": TEXT,
    "documentNamespace": {"type": "string", "pattern": "^https://[^#]+$"},
    "creationInfo": record({
        "created": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "creators": some({"type": "string", "pattern": "^(Person|Organization|Tool): .+$"})}),
    "packages": some(record(
        {"SPDXID": REFERENCE, "name": TEXT, "downloadLocation": TEXT, "versionInfo": TEXT,
         "filesAnalyzed": {"type": "boolean"}, "licenseConcluded": LICENCE,
         "licenseDeclared": LICENCE, "copyrightText": TEXT},
        homepage={"type": "string", "pattern": "^https?://"},
        packageVerificationCode=record({
            "packageVerificationCodeValue": {"type": "string", "pattern": "^[0-9a-f]{40}$"},
            "packageVerificationCodeExcludedFiles": some(TEXT)}))),
    "files": some(record({"SPDXID": REFERENCE, "fileName": {"type": "string", "pattern": r"^\./"},
                          "checksums": some(CHECKSUM), "licenseConcluded": LICENCE,
                          "copyrightText": TEXT})),
    "relationships": some(record({"spdxElementId": REFERENCE, "relatedSpdxElement": REFERENCE,
                                  "relationshipType": {"enum": ["DESCRIBES", "CONTAINS"]}})),
})


def references(document):
    known = [document["SPDXID"]] + [part["SPDXID"] for part in document["packages"] + document["files"]]
    if len(set(known)) != len(known):
        yield "an SPDXID is used twice"
    related = {(relation["spdxElementId"], relation["relatedSpdxElement"])
               for relation in document["relationships"]}
    for name in {name for pair in related for name in pair} - set(known):
        yield f"{name}: no such element"
    for name in set(known[1:]) - {pair[1] for pair in related}:
        yield f"{name}: nothing contains it"


def contents(document, root, paths):
    package = document["packages"][0]
    excluded = package["packageVerificationCode"]["packageVerificationCodeExcludedFiles"]
    described = {file["fileName"]: {sum["algorithm"]: sum["checksumValue"] for sum in file["checksums"]}
                 for file in document["files"]}
    for name in sorted(set(described) ^ (set(paths) - set(excluded))):
        yield f"{name}: " + ("not in the package" if name in described else "not described")
    for name, sums in described.items():
        path = root / name
        if path.is_file():
            content = path.read_bytes()
            found = {"SHA1": hashlib.sha1(content).hexdigest(),
                     "SHA256": hashlib.sha256(content).hexdigest()}
            if sums != found:
                yield f"{name}: wrong checksums"
    code = hashlib.sha1("".join(sorted(sums["SHA1"] for sums in described.values())).encode())
    if package["packageVerificationCode"]["packageVerificationCodeValue"] != code.hexdigest():
        yield "wrong packageVerificationCode"


def main(root, name, *paths):
    root = pathlib.Path(root)
    document = json.loads(pathlib.Path(name).read_text(encoding="utf-8"))
    faults = [f"{fault.json_path}: {fault.message}"
              for fault in jsonschema.Draft7Validator(SCHEMA).iter_errors(document)]
    paths = paths or [path.relative_to(root) for path in root.rglob("*")
                      if path.is_file() and not path.is_symlink()]
    if not faults:
        faults = [*references(document), *contents(document, root, [f"./{path}" for path in paths])]
    print(*faults, sep="\n", end="\n" if faults else "")


if __name__ == "__main__":
    main(*sys.argv[1:])
