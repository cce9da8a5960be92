"""Skills with synonyms and addresses; occupations and the skills that they need."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import catalog.models.concepts
from catalog.models.concepts import concept_id, search_text


def fill(apps, schema_editor):
    """Give the skills that are there what every save writes from now on."""
    Skill = apps.get_model("catalog", "Skill")
    batch = []
    for skill in Skill.objects.only("uri", "label").iterator(chunk_size=1000):
        skill.public_id = concept_id(skill.uri)
        skill.search_text = search_text(skill.label, "")
        batch.append(skill)
    Skill.objects.bulk_update(batch, ["public_id", "search_text"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Occupation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    catalog.models.concepts.ConceptIdField(
                        default=None, editable=False, unique=True
                    ),
                ),
                ("uri", models.CharField(max_length=300, unique=True, verbose_name="URI")),
                ("label", models.CharField(max_length=200)),
                (
                    "alt_labels",
                    models.TextField(
                        blank=True, help_text="One on each line.", verbose_name="synonyms"
                    ),
                ),
                ("description", models.TextField(blank=True)),
                (
                    "retired_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Since when the framework no longer has it.",
                        null=True,
                    ),
                ),
                (
                    "search_text",
                    catalog.models.concepts.SearchTextField(default="", editable=False),
                ),
                (
                    "isco08",
                    models.CharField(
                        blank=True,
                        help_text="Unit group of the International Standard Classification of Occupations.",
                        max_length=4,
                        verbose_name="ISCO-08",
                    ),
                ),
            ],
            options={
                "ordering": ["label"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OccupationSkill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[("essential", "Essential"), ("optional", "Optional")], max_length=9
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="skill",
            name="alt_labels",
            field=models.TextField(
                blank=True, help_text="One on each line.", verbose_name="synonyms"
            ),
        ),
        migrations.AddField(
            model_name="skill",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("skill", "Skill"),
                    ("knowledge", "Knowledge"),
                    ("language", "Language"),
                    ("transversal", "Transversal skill"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="skill",
            name="public_id",
            field=catalog.models.concepts.ConceptIdField(default=None, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="skill",
            name="retired_at",
            field=models.DateTimeField(
                blank=True, help_text="Since when the framework no longer has it.", null=True
            ),
        ),
        migrations.AddField(
            model_name="skill",
            name="search_text",
            field=catalog.models.concepts.SearchTextField(default="", editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="skill",
            name="public_id",
            field=catalog.models.concepts.ConceptIdField(default=None, editable=False, unique=True),
        ),
        migrations.AddIndex(
            model_name="skill",
            index=models.Index(fields=["label"], name="skill_by_label"),
        ),
        migrations.AddConstraint(
            model_name="skill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["", "skill", "knowledge", "language", "transversal"])
                ),
                name="skill_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="occupationskill",
            name="occupation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="occupation_skills",
                to="catalog.occupation",
            ),
        ),
        migrations.AddField(
            model_name="occupationskill",
            name="skill",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="occupation_skills",
                to="catalog.skill",
            ),
        ),
        migrations.AddField(
            model_name="occupation",
            name="skills",
            field=models.ManyToManyField(
                related_name="occupations", through="catalog.OccupationSkill", to="catalog.skill"
            ),
        ),
        migrations.AddConstraint(
            model_name="occupationskill",
            constraint=models.UniqueConstraint(
                fields=("occupation", "skill"), name="occupation_skill_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="occupationskill",
            constraint=models.CheckConstraint(
                condition=models.Q(("relation__in", ["essential", "optional"])),
                name="occupation_skill_relation_known",
            ),
        ),
        migrations.AddIndex(
            model_name="occupation",
            index=models.Index(fields=["label"], name="occupation_by_label"),
        ),
        migrations.AddConstraint(
            model_name="occupation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("uri", ""), _negated=True), models.Q(("label", ""), _negated=True)
                ),
                name="occupation_has_uri_and_label",
            ),
        ),
        migrations.AddConstraint(
            model_name="occupation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("isco08", ""), ("isco08__regex", "^[0-9]{4}$"), _connector="OR"
                ),
                name="occupation_isco08_four_digits",
            ),
        ),
    ]
