"""What verifying found, as the site's own page says it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from credentials.vc.verify import Outcome, Report, Verdict

TRUSTED = {Verdict.VALID, Verdict.REVOKED, Verdict.EXPIRED, Verdict.NOT_YET_VALID}


class CheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="`form`, `issuer`, `proof`, `status` or `dates`.")
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
    status = serializers.CharField(help_text="`active`, `revoked`, `expired` or `not_yet_valid`.")


class VerificationSerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])
    checks = CheckSerializer(many=True)
    credential = VerifiedCredentialSerializer(
        allow_null=True,
        help_text="What the issuer signed. Null unless the signature is the issuer’s: "
        "the content of a forgery is nobody’s word.",
    )


class StoredCredentialSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(
        max_length=500, help_text="A credential’s id, or its address on this site."
    )


def described(report: Report) -> dict[str, Any]:
    return {
        "verdict": report.verdict,
        "checks": report.checks,
        "credential": _credential(report),
    }


def _credential(report: Report) -> dict[str, Any] | None:
    document = report.document
    if document is None or report.verdict not in TRUSTED:
        return None
    subject = document["credentialSubject"]
    issuer = document["issuer"]
    return {
        "id": _text(document.get("id")),
        "name": _text(document.get("name")) or _text(_member(subject.get("achievement"), "name")),
        "recipient_name": _recipient_name(subject),
        "issuer": {
            "id": _text(_member(issuer, "id") if isinstance(issuer, dict) else issuer),
            "name": _text(_member(issuer, "name")),
        },
        "valid_from": _text(document.get("validFrom")),
        "status": "active" if report.verdict == Verdict.VALID else report.verdict.value,
    }


def _recipient_name(subject: dict[str, Any]) -> str:
    """From the identity object of type ``name`` (Open Badges 3.0 §B.1.15)."""
    identities = subject.get("identifier")
    for identity in identities if isinstance(identities, list) else [identities]:
        if _member(identity, "identityType") == "name" and not _member(identity, "hashed"):
            return _text(_member(identity, "identityHash"))
    return ""


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
