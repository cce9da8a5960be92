"""What a track's next version will say, while curators are still writing it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from catalog import actions, rules
from catalog.models import Achievement, AchievementVersion, Track


@dataclass(frozen=True)
class Wording:
    """Empty parts are made when the version is published: from the track, or from its rule."""

    name: str = ""
    description: str = ""
    criteria: str = ""


def shown_version(track: Track) -> AchievementVersion | None:
    """The draft, or else what is published."""
    versions = AchievementVersion.objects.filter(achievement__track=track)
    return versions.filter(published_at=None).first() or versions.current().first()


def wording_of(
    version: AchievementVersion | None, *, track: Track, tree: rules.Node | None
) -> Wording:
    """What somebody chose to write into the version, without what was made for it."""
    if version is None:
        return Wording()
    made = rules.sentence(tree, names=rules.leaf_names(tree)) if tree else ""
    return Wording(
        name="" if version.name == track.title else version.name,
        description=""
        if version.description in (track.summary, track.title)
        else version.description,
        criteria="" if version.criteria == made else version.criteria,
    )


@transaction.atomic
def save_draft(*, track: Track, tree: rules.Node | None, wording: Wording) -> AchievementVersion:
    """Write the rule and the words into the draft version; what is published stays."""
    achievement = Achievement.objects.get(track=track)
    draft = actions.draft_version(achievement=achievement)
    draft.name = wording.name or track.title
    draft.description = wording.description or track.summary or track.title
    # Left empty, it is made of the rule that is published in the end.
    draft.criteria = wording.criteria
    draft.save(update_fields=["name", "description", "criteria"])
    if tree is None:
        draft.rule_nodes.all().delete()
    else:
        rules.store(draft, tree)
    return draft


@transaction.atomic
def discard(*, track: Track) -> None:
    """Delete a track that was never published, with its draft."""
    AchievementVersion.objects.filter(achievement__track=track).delete()
    Achievement.objects.filter(track=track).delete()
    track.delete()
