from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Changes nothing. The tables of OAuth are finished while there are few others.

    Each of their changes is worked out anew for all models that lead to them: after the tables of
    the other apps that takes six seconds longer.
    """

    dependencies = [
        ("accounts", "0001_squashed_0004_platform"),
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
    ]
