"""What enrollment announces to the apps above it."""

from __future__ import annotations

from django.dispatch import Signal

course_completed = Signal()
"""Sent once per completion, inside its transaction. Arguments: ``enrollment`` (an Enrollment)."""

completion_changed = Signal()
"""Sent when a completion has got another grade, or turned out to be earlier, inside the
transaction. Arguments as of ``completion_undone``; ``by`` is ``None``, and ``reason`` empty, if no
person but results that came late have changed it."""

completion_would_change = Signal()
"""Asks what would be revoked, before somebody decides: each receiver answers with a list of it, to
be shown. Arguments: ``enrollment``, ``is_undone``, and the ``grade`` it would have if it is not."""

completion_undone = Signal()
"""Sent when somebody has undone a completion, inside the transaction: a credential that rests on
it no longer stands. Arguments: ``enrollment``, ``by`` (a User), ``reason``."""

exemption_decided = Signal()
"""Sent when a curator has decided, inside the transaction. Arguments: ``exemption``."""
work_returned = Signal()
"""Sent when work is to be handed in again, inside the transaction. Arguments: ``submission``."""

work_graded = Signal()
"""Sent when work is graded, and when its grade is corrected, inside the transaction.

Arguments: ``submission``.
"""
