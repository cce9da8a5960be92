from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.http import AuthenticatedRequest
from catalog.models import CourseRun
from enrollment import paying
from enrollment.models import Order
from enrollment.paying import Payment

LABELS = {
    Order.Method.VOUCHER: _("I have a voucher"),
    Order.Method.INVOICE: _("Send me an invoice"),
    Order.Method.EMPLOYER: _("My employer pays"),
}


class PaymentForm(forms.Form):
    """The ways to pay that the run takes, and what each of them asks for."""

    method = forms.ChoiceField(label=_("How do you pay?"), widget=forms.RadioSelect)
    voucher_code = forms.CharField(label=_("Voucher code"), max_length=40, required=False)
    billing_name = forms.CharField(label=_("Name on the invoice"), max_length=200, required=False)
    billing_address = forms.CharField(
        label=_("Address"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    employer = forms.TypedChoiceField(
        label=_("Employer"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, data: Any = None, *, run: CourseRun, request: AuthenticatedRequest) -> None:
        learner = request.user
        super().__init__(data, initial={"billing_name": learner.credential_name})
        offered = paying.methods_for(run, learner)
        chosen = self.fields["method"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(name, LABELS[Order.Method(name)]) for name in offered]
        self.initial["method"] = offered[0] if len(offered) == 1 else None
        if Order.Method.EMPLOYER in offered:
            employer = self.fields["employer"]
            assert isinstance(employer, forms.ChoiceField)
            employer.choices = [(one.pk, one.name) for one in paying.employers_of(learner)]
        else:
            del self.fields["employer"]
        if Order.Method.INVOICE not in offered:
            del self.fields["billing_name"], self.fields["billing_address"]

    def payment(self) -> Payment:
        values = self.cleaned_data
        return Payment(
            method=values["method"],
            voucher_code=values.get("voucher_code", ""),
            billing_name=values.get("billing_name", ""),
            billing_address=values.get("billing_address", ""),
            employer_id=values.get("employer"),
        )


class ExemptionForm(forms.Form):
    reason = forms.CharField(
        label=_("What do you know already, and from where?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
