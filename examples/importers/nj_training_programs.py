"""New Jersey's eligible training programs, as a cairn-catalog/1 file.

    python examples/importers/nj_training_programs.py PROGRAMS.csv.gz CIP_TO_SOC.csv.gz \\
        ONET_ELEMENTS.csv.gz ONET_OCCUPATION_ELEMENTS.csv.gz > nj.json

Needs nothing but Python; README.md tells which column becomes what. Programs: New Jersey Eligible
Training Provider List, MIT. Skills: O*NET 29.3 Database, USDOL/ETA, CC BY 4.0, by way of the CIP
2020 to SOC 2018 crosswalk of NCES and BLS.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SKILLS_EACH = 5
ONET = "https://www.onetonline.org/find/descriptor/result/"
"""Of each element O*NET OnLine has a page: the address is the skill's URI."""
FIELDS = {"27": "data", "30.70": "data", "30.71": "data", "43": "security", "11.10": "security"} | {
    "11.09": "cloud",
    "11": "software",
    "52.03": "finance",
    "52.08": "finance",
    "52": "leadership",
}
"""By the longest beginning of the CIP code; everything else is "other"."""
NOTICE = (
    "From New Jersey’s list of eligible training providers as of 2021. Skills: O*NET 29.3, "
    "USDOL/ETA, [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), by the program’s CIP "
    "code. Ask the provider whether the program is still offered as stated."
)


def main(programs: str, crosswalk: str, elements: str, ratings: str) -> None:
    names = {row["element_id"]: row for row in rows(elements)}
    by_cip = skills_by_cip(rows(crosswalk), rows(ratings))
    listed = list(rows(programs))
    used = {skill for row in listed for skill in by_cip.get(row["cip2020"], [])}
    catalog = {
        "format": "cairn-catalog/1",
        "organizations": organizations(listed),
        "skills": [
            {
                "uri": ONET + element_id,
                "label": names[element_id]["name"],
                "description": names[element_id]["description"],
            }
            for element_id in sorted(used & names.keys())
        ],
        "courses": [
            course(row, [s for s in by_cip.get(row["cip2020"], []) if s in names])
            for row in listed
            if row["title"].strip()
        ],
    }
    json.dump(catalog, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def rows(name: str) -> Iterator[dict[str, str]]:
    path = Path(name)
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def skills_by_cip(
    crosswalk: Iterator[dict[str, str]], ratings: Iterator[dict[str, str]]
) -> dict[str, list[str]]:
    """For each CIP code the elements that matter most in the occupations it leads to."""
    rated: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in ratings:
        # Values that O*NET recommends to suppress are empty.
        if not row["importance_1_5"]:
            continue
        rated[row["onet_soc"][:7]][row["element_id"]].append(float(row["importance_1_5"]))
    occupations = defaultdict(set)
    for row in crosswalk:
        occupations[row["cip2020code"]].add(row["soc2018code"])
    found = {}
    for cip, codes in occupations.items():
        totals: dict[str, list[float]] = defaultdict(list)
        for code in codes & rated.keys():
            for element_id, values in rated[code].items():
                totals[element_id] += values
        means = {element_id: sum(v) / len(v) for element_id, v in totals.items()}
        best = sorted(means, key=lambda element_id: (-means[element_id], element_id))
        found[cip] = best[:SKILLS_EACH]
    return found


def organizations(listed: list[dict[str, str]]) -> list[dict[str, Any]]:
    names = {row["provider_id"]: clean(row["provider"], 200) for row in listed}
    return [
        {"external_id": f"nj/provider/{key}", "name": name or f"Provider {key}", "country": "US"}
        for key, name in sorted(names.items())
    ]


def course(row: dict[str, str], skills: list[str]) -> dict[str, Any]:
    text = clean(row["description"], 20_000, lines=True)
    facts = [
        ("Where", ", ".join(filter(None, (row["city"], row["state"])))),
        ("How long", row["calendar_length"]),
        ("Degree", row["degree_awarded"]),
        ("License", row["license_awarded"].capitalize()),
        ("Industry credential", row["industry_credential"]),
        ("Tuition", f"{row['tuition_usd']} USD" if row["tuition_usd"] else ""),
    ]
    listed = "\n".join(f"- {name}: {clean(value, 200)}" for name, value in facts if value.strip())
    price = number(row["total_cost_usd"]) or number(row["tuition_usd"])
    hours = number(row["clock_hours"]) or 0
    return {
        "external_id": f"nj/{row['program_id']}",
        "provider": f"nj/provider/{row['provider_id']}",
        "title": clean(row["title"], 200),
        "summary": first_sentence(text),
        "description": f"{text}\n\n{listed}\n\n{NOTICE}".strip(),
        "field": field(row["cip2020"]),
        "language": "en",
        "prerequisites": clean(row["prerequisites"], 2000, lines=True),
        "skills": [ONET + element_id for element_id in skills],
        "units": [
            {
                "external_id": f"nj/{row['program_id']}/1",
                "title": "The program, at its provider",
                "minutes": min(100_000, int(hours * 60)),
                "body": "This program is taught and examined by its provider.",
            }
        ],
        "runs": [
            {
                "external_id": f"nj/{row['program_id']}/run",
                "external": True,
                "price": None if price is None else min(price, 999_999),
                "currency": "USD" if price else "",
            }
        ],
    }


def field(cip: str) -> str:
    return next((FIELDS[cip[:n]] for n in (5, 2) if cip[:n] in FIELDS), "other")


def clean(text: str, most: int, *, lines: bool = False) -> str:
    kept = "".join(c for c in text if c.isprintable() or (lines and c == "\n"))
    return (kept if lines else " ".join(kept.split())).strip()[:most].strip()


def first_sentence(text: str) -> str:
    line = " ".join(text.split())
    found = re.match(r".{20,300}?[.!?](?=\s|$)", line)
    return found[0] if found else line[:300].rsplit(" ", 1)[0]


def number(text: str) -> float | None:
    try:
        return round(float(text), 2) if float(text) >= 0 else None
    except ValueError:
        return None


if __name__ == "__main__":
    main(*sys.argv[1:])
