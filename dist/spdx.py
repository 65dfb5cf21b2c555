#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""spdx: write an SPDX 2.3 document of the files of a package, and of what is embedded in them.

Usage: spdx.py ROOT VERSION > ROOT/PATH/xdpctl.spdx.json

ROOT holds the files as they are installed. The document has the date SOURCE_DATE_EPOCH, and does not
describe itself. Other software in a file is found by its banner: name, version, address, copyright
and licence in a comment that begins with "/*!".
"""
import datetime
import hashlib
import json
import os
import pathlib
import re
import sys
import time
import uuid

LICENCE = "GPL-2.0-only"
AUTHORS = "2026 the xdpctl authors"
EXCLUDED = "xdpctl.spdx.json"
BANNER = re.compile(rb"/\*!\n \* (\S+) v([0-9.]+)\n \* (https?://\S+)\n"
                    rb" \* \(c\) ([^\n]+)\n \* Released under the (MIT) License\n \*/")


def identifier(kind, name):
    return f"SPDXRef-{kind}-" + re.sub(r"[^a-zA-Z0-9.-]+", "-", name).strip("-")


def relation(subject, kind, other):
    return {"spdxElementId": subject, "relationshipType": kind, "relatedSpdxElement": other}


def embedded_in(content):
    """Packages whose banner is in a file."""
    return [{
        "SPDXID": identifier("Embedded", name),
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "homepage": address,
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": f"(c) {holder}",
    } for name, version, address, holder, licence in (
        [part.decode() for part in banner] for banner in BANNER.findall(content))]


def describe_file(root, path, embedded):
    content = path.read_bytes()
    name = "./" + str(path.relative_to(root))
    licences = [LICENCE] + sorted({part["licenseConcluded"] for part in embedded})
    return {
        "SPDXID": identifier("File", name),
        "fileName": name,
        "checksums": [{"algorithm": algorithm, "checksumValue": hashlib.new(kind, content).hexdigest()}
                      for algorithm, kind in (("SHA1", "sha1"), ("SHA256", "sha256"))],
        "licenseConcluded": " AND ".join(licences),
        "copyrightText": "\n".join([AUTHORS] + [part["copyrightText"] for part in embedded]),
    }


def document(root, version):
    paths = sorted(path for path in root.rglob("*")
                   if path.is_file() and not path.is_symlink() and path.name != EXCLUDED
                   and path.relative_to(root).parts[0] != "DEBIAN")
    package = {"SPDXID": "SPDXRef-Package", "name": "xdpctl", "versionInfo": version}
    files, others, relations = [], {}, [relation("SPDXRef-DOCUMENT", "DESCRIBES", package["SPDXID"])]
    for path in paths:
        embedded = embedded_in(path.read_bytes())
        files.append(describe_file(root, path, embedded))
        relations.append(relation(package["SPDXID"], "CONTAINS", files[-1]["SPDXID"]))
        for part in embedded:
            others[part["SPDXID"]] = part
            relations.append(relation(files[-1]["SPDXID"], "CONTAINS", part["SPDXID"]))
    sums = sorted(file["checksums"][0]["checksumValue"] for file in files)
    code = hashlib.sha1("".join(sums).encode()).hexdigest()
    package.update({
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": True,
        "packageVerificationCode": {
            "packageVerificationCodeValue": code,
            "packageVerificationCodeExcludedFiles": [f"./usr/share/doc/xdpctl/{EXCLUDED}"],
        },
        "licenseConcluded": " AND ".join(sorted({part["licenseConcluded"] for part in others.values()}
                                                | {LICENCE})),
        "licenseDeclared": LICENCE,
        "copyrightText": AUTHORS,
    })
    created = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())),
                                              datetime.timezone.utc)
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"xdpctl-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/xdpctl-{version}-"
                             f"{uuid.uuid5(uuid.NAMESPACE_OID, code)}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": ["Organization: the xdpctl authors", "Tool: dist/spdx.py"]},
        "packages": [package] + list(others.values()),
        "files": files,
        "relationships": relations,
    }


if __name__ == "__main__":
    if len(sys.argv) != 3 or not pathlib.Path(sys.argv[1]).is_dir():
        sys.exit("usage: spdx.py ROOT VERSION")
    json.dump(document(pathlib.Path(sys.argv[1]), sys.argv[2]), sys.stdout, indent=1)
    print()
