"""Who may sign in to the demo. Never loaded in production."""

from __future__ import annotations

from typing import NamedTuple


class Login(NamedTuple):
    role: str
    email: str
    password: str


LEARNER = Login("learner", "learner@cairn.example", "learn-with-cairn")
CURATOR = Login("curator", "curator@cairn.example", "curate-with-cairn")
INSTRUCTOR = Login("instructor", "instructor@cairn.example", "teach-with-cairn")
ADMIN = Login("admin", "admin@cairn.example", "admin-of-cairn")
COLLEAGUE_EMAIL = "colleague@cairn.example"
"""Works where the learner works, and has learned something; cannot sign in."""

HR_CLIENT_ID = "hr-demo"
HR_CLIENT_SECRET = "hr-demo-secret"


def logins() -> str:
    """The demo's logins, as lines to print."""
    lines = [
        f"  {login.role:<10} {login.email:<24} {login.password}"
        for login in (LEARNER, CURATOR, INSTRUCTOR, ADMIN)
    ]
    lines.append(f"  {'HR client':<10} {HR_CLIENT_ID:<24} {HR_CLIENT_SECRET}")
    return "\n".join(lines)
