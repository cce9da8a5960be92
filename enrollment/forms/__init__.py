from __future__ import annotations

from enrollment.forms.joining import ExemptionForm, PaymentForm
from enrollment.forms.quizzes import QuizForm

__all__ = ["ExemptionForm", "PaymentForm", "QuizForm"]
