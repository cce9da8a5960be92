"""What in the rule of a track whoever begins now can no longer earn: for its curators to mend."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import rules
from catalog.models import Achievement, Track
from catalog.reach import Need, Step, needs_of
from catalog.stacks import Loader


def hindrances(track: Track) -> list[str]:
    """Sentences about the rule in force; empty when all of it can be earned and renewed.

    What it names was published when the rule was, and may have changed since. Grades and ages are
    left aside.
    """
    achievement = Achievement.objects.filter(track=track).first()
    if achievement is None:
        return []
    loader = Loader(achievement)
    version, tree = loader.versions.get(achievement.pk), loader.trees.get(achievement.pk)
    if version is None or tree is None:
        return []
    (need,) = needs_of([achievement], loader)
    names = rules.leaf_names(tree)
    look = _Look(loader)
    said = [f"“{names[leaf]}”: {why}." for leaf, why in look.closed(need)]
    if not look.is_open(need):
        said.insert(0, "Nobody who begins now can meet the rule.")
    said += [f"“{names[leaf]}”: {_NOT_FOUND}." for leaf in look.retired_tracks(need)]
    try:
        rules.check_renewal(tree, valid_months=version.valid_months, renewal=version.renewal)
    except rules.InvalidRule as error:
        said.append(str(error))
    return said


_NOT_FOUND = (
    "the track is retired; whoever meets its rule is still awarded it, but nobody is led there"
)


class _Look:
    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def closed(self, need: Need) -> list[tuple[rules.Leaf, str]]:
        """The leaves that nobody can meet anew, each once, and why."""
        found = {step.leaf: self._why(step) for step in need.steps.values()}
        return [(leaf, why) for leaf, why in found.items() if why]

    def is_open(self, need: Need) -> bool:
        """Whether what is left is enough."""
        gone = {leaf for leaf, _ in self.closed(need)}
        return need.tree is not None and rules.without(need.tree, gone) is not None

    def retired_tracks(self, need: Need) -> Iterator[rules.Leaf]:
        for leaf in dict.fromkeys(step.leaf for step in need.steps.values()):
            if isinstance(leaf, rules.AchievementLeaf):
                track = self.loader.achievements[leaf.achievement_id].track
                if track is not None and not track.is_published:
                    yield leaf

    def _why(self, step: Step) -> str:
        match step.leaf:
            case rules.CourseLeaf() as leaf:
                others = self.loader.substitutes(leaf.course_id)
                is_open = leaf.allows_prior_learning or self._can_be_taken(leaf.course_id)
                if not is_open and not any(other.is_published for other in others):
                    return "the course is retired, and none that counts as it can be taken"
                if not (step.courses or leaf.allows_prior_learning):
                    return "no course that can be taken is of the organization that it asks for"
            case rules.AchievementLeaf() as leaf:
                course_id = self.loader.achievements[leaf.achievement_id].course_id
                if course_id is not None and not self._can_be_taken(course_id):
                    return "its course is retired, and its own credential a course earns alone"
                if step.below is not None and not self.is_open(step.below):
                    return "nobody who begins now can meet its rule"
            case leaf:
                if not step.courses and not leaf.allows_prior_learning:
                    return "no course that can be taken proves it"
        return ""

    def _can_be_taken(self, course_id: int) -> bool:
        return self.loader.courses[course_id].is_published
