"""What is typed to sign in and to change a password."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul


class SignInForm(PlainForm):
    """Login and password, with the hints password keepers read."""

    login = forms.CharField(
        label=_("登录名"),
        max_length=40,
        validators=[refuse_nul],
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(PlainForm):
    """Six digits of an app, or a recovery code."""

    code = forms.CharField(
        label=_("动态口令或恢复码"),
        max_length=40,
        validators=[refuse_nul],
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "none", "spellcheck": "false",
                "autofocus": True, "class": "short",
            }
        ),
    )  # fmt: skip


class PasswordForm(PlainForm):
    """The old password, and the new one twice."""

    old = forms.CharField(
        label=_("原密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("新密码"),
        help_text=_("至少 10 个字符，不要用常见的密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一遍新密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Both must be the same."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new"):
            raise forms.ValidationError(_("两遍不一样，请再输一次"))
        return again
