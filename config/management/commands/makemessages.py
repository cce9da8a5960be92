"""Collect the texts of pages, and the sentences of the verifier (``credentials/vc/said.py``)."""

from __future__ import annotations

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=Said"]
