"""Ticked choices become answers to the quiz as it is now: what was asked before is not known."""

import hashlib
import json

from django.db import migrations


def keep_answers(apps, schema_editor):
    Attempt = apps.get_model("enrollment", "QuizAttempt")
    for unit_id in set(Attempt.objects.order_by().values_list("unit", flat=True)):
        _keep_answers_of(apps, unit_id)


def _keep_answers_of(apps, unit_id):
    Attempt = apps.get_model("enrollment", "QuizAttempt")
    Answer = apps.get_model("enrollment", "Answer")
    ticked = apps.get_model("enrollment", "QuizAnswer").objects.filter(attempt__unit=unit_id)
    given = {}
    for attempt_id, question_id, choice_id in ticked.values_list("attempt", "question", "choice"):
        given.setdefault((attempt_id, question_id), []).append(choice_id)
    content = _paper(apps, unit_id)
    written = json.dumps(content, sort_keys=True, ensure_ascii=False)
    version = apps.get_model("enrollment", "QuizVersion").objects.create(
        unit_id=unit_id, digest=hashlib.sha256(written.encode()).hexdigest(), content=content
    )
    numbers = {}
    for attempt in Attempt.objects.filter(unit=unit_id).order_by("submitted_at", "pk"):
        number = numbers[attempt.enrollment_id] = numbers.get(attempt.enrollment_id, 0) + 1
        attempt.number, attempt.version, attempt.started_at = number, version, attempt.submitted_at
        attempt.save(update_fields=["number", "version", "started_at"])
        Answer.objects.bulk_create(
            Answer(
                attempt=attempt,
                number=place,
                question_id=asked["id"],
                layout=[choice["id"] for choice in asked["choices"]],
                question=asked["text"],
                response=given.get((attempt.pk, asked["id"])),
                said="\n".join(
                    choice["text"]
                    for choice in asked["choices"]
                    if choice["id"] in given.get((attempt.pk, asked["id"]), ())
                ),
                saved_at=attempt.submitted_at,
                credit=int(set(given.get((attempt.pk, asked["id"]), ())) == set(asked["right"])),
            )
            for place, asked in enumerate(content["questions"], 1)
        )


def _paper(apps, unit_id):
    """As ``enrollment.papers.paper`` writes it; a whole answer or nothing, as it was graded."""
    unit = apps.get_model("catalog", "Unit").objects.get(pk=unit_id)
    questions = apps.get_model("catalog", "Question").objects.filter(unit=unit)
    return {
        "pass_percent": unit.pass_percent,
        "partial_credit": False,
        "shuffle_questions": False,
        "shuffle_choices": False,
        "pools": {},
        "questions": [
            {
                "id": question.pk,
                "kind": question.kind,
                "text": question.text,
                "explanation": question.explanation,
                "pool": "",
                "choices": [
                    {"id": choice.pk, "text": choice.text}
                    for choice in question.choices.order_by("position")
                ],
                "right": [choice.pk for choice in question.choices.filter(is_correct=True)],
            }
            for question in questions.order_by("position")
        ],
    }


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0004_quiz_attempts")]

    operations = [migrations.RunPython(keep_answers, migrations.RunPython.noop)]
