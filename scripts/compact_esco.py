"""Make what Cairn ships of ESCO: python scripts/compact_esco.py FOLDER [TO]

FOLDER has the files that docs/esco.md describes. What is left out: descriptions, the columns that
Cairn does not read, and synonyms that repeat the label. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

TO = Path(__file__).resolve().parent.parent / "catalog" / "data" / "esco"
COLUMNS = {
    "esco_skills": ("id", "label", "alt_labels", "skill_type", "collections"),
    "esco_occupations": ("id", "label", "alt_labels", "isco08"),
    "esco_occupation_skills": ("occupation_row", "skill_row", "relation"),
}


def without_repeats(row: dict[str, str]) -> dict[str, str]:
    if "alt_labels" not in row:
        return row
    names = dict.fromkeys(" ".join(name.split()) for name in row["alt_labels"].split("|"))
    return row | {"alt_labels": "|".join(n for n in names if n and n != row["label"])}


def main(folder: Path, to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    for name, columns in COLUMNS.items():
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                writer.writerow(without_repeats(row))
        # Neither time nor file name: those would differ each time.
        packed = gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)
        (to / f"{name}.csv.gz").write_bytes(packed)
        print(f"{name}: {len(packed):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else TO)
