"""What is read waits on disk: memory does not grow with the rows of a catalog."""

from __future__ import annotations

import tracemalloc

from catalog import importing

TEXT = "A summary of the length that summaries have in catalogs of the world. " * 6


def kept_after_reading(path, rows: int) -> int:
    lines = [f"c-{n},org,Course {n},{TEXT}\n" for n in range(rows)]
    path.write_text("external_id,provider,title,summary\n" + "".join(lines))
    tracemalloc.start()
    catalog = importing.read([path])
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(catalog.rows) == rows
    return kept


def test_a_row_in_memory_is_a_small_part_of_the_row_in_its_file(tmp_path):
    small = kept_after_reading(tmp_path / "courses.csv", 100)
    large = kept_after_reading(tmp_path / "courses.csv", 2100)

    assert (large - small) / 2000 < len(TEXT)


def test_what_was_put_away_comes_back_as_it_was(tmp_path):
    (tmp_path / "courses.csv").write_text("external_id,provider,title\na,org,A\nb,org,B\n")
    (tmp_path / "units.csv").write_text("course,title,minutes\nb,Two,2\na,One,1\nb,Three,3\n")

    catalog = importing.read([tmp_path / "units.csv", tmp_path / "courses.csv"])

    assert [(row.key, [unit["title"] for unit in row.data["units"]]) for row in catalog.rows] == [
        ("a", ["One"]),
        ("b", ["Two", "Three"]),
    ]
