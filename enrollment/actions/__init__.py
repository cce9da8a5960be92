"""Taking a course, from asking for a seat to completing it."""

from __future__ import annotations

from enrollment.actions.attendance import NotBegun, mark_attendance
from enrollment.actions.cohorts import decide_requests, write_to_cohort
from enrollment.actions.completing import (
    CannotCorrect,
    complete_by_hand,
    complete_if_due,
    correct_grade,
    extend,
    fail,
    give_quiz_time,
    refuse,
    reopen,
)
from enrollment.actions.events import complete_finished, may_report, record_events
from enrollment.actions.exemptions import ask_exemption, decide_exemption
from enrollment.actions.goals import aim_for, give_up_goal
from enrollment.actions.learning import NotActive, finish_unit, open_unit, spend_time
from enrollment.actions.quizzes import (
    AttemptOver,
    NoAttemptsLeft,
    TooSoon,
    close_overdue,
    save_answers,
    start_attempt,
    submit_attempt,
    submit_quiz,
)
from enrollment.actions.seats import (
    NoOffer,
    NotAdmitted,
    NotOpen,
    PaymentNeeded,
    accept_offer,
    approve,
    end_offers,
    enroll,
    promote_waitlist,
    take_again,
    transfer,
    withdraw,
)
from enrollment.paying import CannotPay, Payment
from enrollment.recording import Event

__all__ = [
    "AttemptOver",
    "CannotCorrect",
    "CannotPay",
    "Event",
    "NoAttemptsLeft",
    "NoOffer",
    "NotActive",
    "NotAdmitted",
    "NotBegun",
    "NotOpen",
    "Payment",
    "PaymentNeeded",
    "TooSoon",
    "accept_offer",
    "aim_for",
    "approve",
    "ask_exemption",
    "close_overdue",
    "complete_by_hand",
    "complete_finished",
    "complete_if_due",
    "correct_grade",
    "decide_exemption",
    "decide_requests",
    "end_offers",
    "enroll",
    "extend",
    "fail",
    "finish_unit",
    "give_quiz_time",
    "give_up_goal",
    "mark_attendance",
    "may_report",
    "open_unit",
    "promote_waitlist",
    "record_events",
    "refuse",
    "reopen",
    "save_answers",
    "spend_time",
    "start_attempt",
    "submit_attempt",
    "submit_quiz",
    "take_again",
    "transfer",
    "withdraw",
    "write_to_cohort",
]
