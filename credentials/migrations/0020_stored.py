from __future__ import annotations

from typing import Any

from django.db import migrations

FUNCTION = """
CREATE FUNCTION credentials_stored(wanted uuid) RETURNS TABLE (
    document bytea,
    is_revoked boolean, revocation_reason varchar,
    is_suspended boolean, suspension_reason varchar,
    slug varchar, is_platform boolean,
    fragment varchar, public_key_multibase varchar, is_distrusted boolean,
    status_list uuid, signed_at timestamptz, suspensions_signed_at timestamptz
) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.document,
           c.revoked_at IS NOT NULL, c.revocation_reason,
           c.suspended_at IS NOT NULL, c.suspension_reason,
           o.slug, o.is_platform,
           k.fragment, k.public_key_multibase, k.distrusted_at IS NOT NULL,
           l.public_id, l.signed_at, l.suspensions_signed_at
    FROM credentials_credential c
    JOIN credentials_signingkey k ON k.id = c.key_id
    JOIN accounts_organization o ON o.id = k.organization_id
    JOIN credentials_statuslist l ON l.id = c.status_list_id
    WHERE c.public_id = wanted AND c.erased_at IS NULL;
END $$
"""
"""PostgreSQL keeps the plan of what stands in a function; planning is most of what this costs."""


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(FUNCTION)


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION IF EXISTS credentials_stored(uuid)")


class Migration(migrations.Migration):
    replaces = [("credentials", "0016_stored")]

    dependencies = [("credentials", "0019_quick_compression")]

    operations = [migrations.RunPython(create, drop)]
