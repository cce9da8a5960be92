"""What verifying found, as the site's own page says it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from credentials.vc.forms import subjects, valid_from
from credentials.vc.recipients import name_of
from credentials.vc.verify import UNDECIDED, Outcome, Report, Verdict


class CheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(
        help_text="`form`, `issuer`, `proof`, `status` and `dates`; `recipient`, if one was named; "
        "`content`, of a PDF."
    )
    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome])
    words = serializers.CharField(help_text="The outcome as a sentence.")


class NamedIssuerSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="A decentralized identifier (`did:web`).")
    name = serializers.CharField()


class VerifiedCredentialSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    recipient_name = serializers.CharField()
    issuer = NamedIssuerSerializer()
    valid_from = serializers.CharField()
    status = serializers.CharField(help_text="`active` if it is valid, else the verdict.")


class VerificationSerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])
    checks = CheckSerializer(many=True)
    credential = VerifiedCredentialSerializer(
        allow_null=True,
        help_text="What the issuer signed. Null unless the signature is that of a known issuer: "
        "the content of a forgery is nobody’s word.",
    )


GIVEN = ("credential", "id", "url", "file")


class VerifyRequestSerializer(serializers.Serializer[Any]):
    credential = serializers.JSONField(
        required=False, help_text="The credential’s JSON, or its JWT as a string."
    )
    id = serializers.CharField(
        required=False,
        max_length=500,
        help_text="The id of a credential of this site, or its address.",
    )
    url = serializers.CharField(
        required=False,
        max_length=2000,
        help_text="Where a credential lies, on this site or, by https, on another one.",
    )
    file = serializers.FileField(
        required=False,
        help_text="JSON, JWT, PNG, SVG or PDF; only in a form (`multipart/form-data`).",
    )
    recipient = serializers.CharField(
        required=False,
        max_length=500,
        help_text="The e-mail address or the DID of whom it should have been awarded to.",
    )

    def validate_recipient(self, recipient: str) -> str:
        if "@" not in recipient and not recipient.startswith("did:"):
            raise serializers.ValidationError("Write an e-mail address, or a DID.")
        return recipient

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len([name for name in GIVEN if name in attrs]) != 1:
            raise serializers.ValidationError(f"Give one of {', '.join(GIVEN)}.")
        return attrs


def described(report: Report) -> dict[str, Any]:
    return {
        "verdict": report.verdict,
        "checks": report.in_full(),
        "credential": _credential(report),
    }


def _credential(report: Report) -> dict[str, Any] | None:
    document = report.document
    if document is None or not report.is_signed or report.verdict in UNDECIDED:
        return None
    subject = subjects(document)[0]
    issuer = document["issuer"]
    return {
        "id": _text(document.get("id")),
        "name": _text(document.get("name")) or _text(_member(subject.get("achievement"), "name")),
        "recipient_name": name_of(subject),
        "issuer": {
            "id": _text(_member(issuer, "id") if isinstance(issuer, dict) else issuer),
            "name": _text(_member(issuer, "name")),
        },
        "valid_from": _text(valid_from(document)),
        "status": "active" if report.verdict == Verdict.VALID else report.verdict.value,
    }


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
