"""The course lists of free-programming-books in 41 languages, as a cairn-catalog/1 file.

    python examples/importers/free_programming_courses.py COURSES.csv.gz > free.json

Needs nothing but Python; README.md tells which column becomes what. © Free Ebook Foundation and
contributors, CC BY 4.0.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LIST = "free-programming-books"
NOTICE = (
    "Listed by [free-programming-books]"
    "(https://github.com/EbookFoundation/free-programming-books), © Free Ebook Foundation and "
    "contributors, [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). "
    "Cairn has not checked the link."
)
# The first field one of whose words begins a word of the topic.
FIELDS = {
    "ai": ("machine learning", "deep learning", "artificial", "tensorflow", "nlp"),
    "data": ("data", "database", "sql", "mysql", "postgres", "mongo", "statistic", "r", "matlab"),
    "security": ("security", "hacking", "cryptograph"),
    "cloud": ("cloud", "docker", "kubernetes", "devops", "linux", "network", "aws", "azure"),
}
ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(:\d+)?(/[!-~]*)?")


def main(name: str) -> None:
    listed = list(rows(name))
    courses = {made["external_id"]: made for row in listed if (made := course(row))}
    names = {made["provider"]: provider_name(row) for row in listed if (made := course(row))}
    catalog = {
        "format": "cairn-catalog/1",
        "organizations": [{"external_id": key, "name": names[key]} for key in sorted(names)],
        "courses": list(courses.values()),
    }
    json.dump(catalog, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def rows(name: str) -> Iterator[dict[str, str]]:
    path = Path(name)
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def course(row: dict[str, str]) -> dict[str, Any] | None:
    title = clean(row["title"])[:200]
    if not title:
        return None
    topic = clean(row["topic"]).replace("\\", "")
    about = " · ".join(filter(None, (topic, clean(row["subtopic"]))))
    notes = clean(row["notes"])
    key = digest(f"{row['url']} {title}")
    url = row["url"].strip() if ADDRESS.fullmatch(row["url"].strip()[:500]) else ""
    return {
        "external_id": f"fpb/{key}",
        "provider": f"fpb/provider/{digest(provider_name(row))}",
        "title": title,
        "summary": about[:300],
        "description": "\n\n".join(filter(None, (about, notes, NOTICE))),
        "field": field(topic),
        "language": row["lang"] or "en",
        "units": [
            {
                "external_id": f"fpb/{key}/1",
                "title": "The course, at its provider"[:200],
                "body": "This course is offered by its provider, for free.",
            }
        ],
        "runs": [
            {
                "external_id": f"fpb/{key}/run",
                "external": True,
                "external_url": url[:500],
                "price": 0,
            }
        ],
    }


def provider_name(row: dict[str, str]) -> str:
    return clean(row["provider"])[:200] or LIST


def field(topic: str) -> str:
    words = topic.lower()
    return next(
        (
            name
            for name, beginnings in FIELDS.items()
            if any(re.search(rf"\b{re.escape(word)}", words) for word in beginnings if word != "r")
            or (words == "r" and "r" in beginnings)
        ),
        "software",
    )


def clean(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


if __name__ == "__main__":
    main(*sys.argv[1:])
