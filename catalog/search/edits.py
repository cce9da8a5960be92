"""How far two words are apart."""

from __future__ import annotations


def distance(one: str, other: str, most: int) -> int:
    """Edits between two words, a swap of neighbors counting once; past ``most`` any larger number.

    Optimal string alignment: Damerau, "A technique for computer detection and correction of
    spelling errors", 1964.
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = letter != wanted
            edits = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                edits = min(edits, before[j - 2] + 1)
            row.append(edits)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]
