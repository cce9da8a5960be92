from __future__ import annotations

from enrollment.forms.joining import ExemptionForm, PaymentForm
from enrollment.forms.quizzes import QuizForm
from enrollment.forms.teaching import AttendanceForm, CohortMessageForm

__all__ = ["AttendanceForm", "CohortMessageForm", "ExemptionForm", "PaymentForm", "QuizForm"]
