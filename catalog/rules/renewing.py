"""Whether all of a rule can be met once more, by what is done anew."""

from __future__ import annotations

from catalog.models import AchievementVersion, Renewal
from catalog.rules.checks import InvalidRule
from catalog.rules.tree import AchievementLeaf, Leaf, Node, leaves
from catalog.rules.without import without
from catalog.rules.words import leaf_names


def check_renewal(tree: Node, *, valid_months: int | None, renewal: str) -> None:
    """Raise ``InvalidRule`` where an award expires and nobody could ever renew it.

    An award without a term is never made again. A rule that cannot do without one is met by what
    is new once at most, by whoever holds an award of an older version that did not ask for it.
    """
    if valid_months is None or renewal != Renewal.WHOLE:
        return
    lasting = _lasting(tree)
    # Grades, ages and that a course counts once are left aside: what is refused is out of reach
    # whatever those say.
    if not lasting or without(tree, lasting) is not None:
        return
    names = leaf_names(tree)
    said = dict.fromkeys(f"“{names[leaf]}”" for leaf in leaves(tree) if leaf in lasting)
    raise InvalidRule(
        "It could never be renewed by all of its rule, which asks for a credential that never "
        f"expires and so is not awarded again: {', '.join(said)}. Let it be renewed by what has "
        "changed, and enter under “Not older than” what is to be done again all the same; or ask "
        "for a course, or for a credential with a term, instead."
    )


def _lasting(tree: Node) -> set[Leaf]:
    """The leaves whose achievement's awards have no term by the version in force."""
    named = {leaf.achievement_id for leaf in leaves(tree) if isinstance(leaf, AchievementLeaf)}
    if not named:
        return set()
    versions = AchievementVersion.objects.current().filter(achievement__in=named)
    lasting = set(versions.filter(valid_months=None).values_list("achievement", flat=True))
    return {
        leaf
        for leaf in leaves(tree)
        if isinstance(leaf, AchievementLeaf) and leaf.achievement_id in lasting
    }
