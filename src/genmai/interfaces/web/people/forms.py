"""What an administrator types. A unit is named by its code or by its whole name; two of one name are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.directory.access.roles import PERMISSIONS, ROLES
from genmai.directory.roster.models import Organisation, Tree
from genmai.directory.roster.queries import organisations_by_code, search_organisations
from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul
from genmai.kernel.viewer import Reach, Viewer

TREES = {Tree.ADMINISTRATIVE.value: _("行政"), Tree.PARTY.value: _("党组织")}
REACHES = {Reach.CAPTURE.value: _("登记和办理"), Reach.VIEW.value: _("查看"), Reach.SEARCH.value: _("搜索")}
DAY = {"type": "date", "class": "short"}


class UnitField(PlainForm):
    """A form that asks for a unit."""

    organisation = forms.CharField(
        label=_("哪个单位"),
        help_text=_("写全称或编码，包括它的下级"),
        max_length=120,
        validators=[refuse_nul],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, viewer: Viewer, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.at = viewer, at

    def clean_organisation(self) -> Organisation:
        """By code, else by the whole name; several of one name are listed with their codes, none is guessed."""
        text = self.cleaned_data["organisation"].strip()
        by_code = organisations_by_code(self.viewer, codes=[text], at=self.at)
        if text in by_code:
            return by_code[text]
        found = search_organisations(self.viewer, text=text, at=self.at, limit=12)
        exact = [one for one in found if text in (one.name, one.short_name)]
        if len(exact) == 1:
            return exact[0]
        if not found:
            raise forms.ValidationError(_("没有找到这个单位，请核对名称或编码"))
        names = gettext("、").join(f"{one.short_name}（{one.code}）" for one in (exact or found)[:6])
        raise forms.ValidationError(_("请写清是哪一个：%(names)s"), params={"names": names})


class GrantForm(UnitField):
    """A role over a unit from a day on."""

    role = forms.ChoiceField(label=_("什么角色"))
    valid_from = forms.DateField(label=_("从哪天起"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))
    valid_to = forms.DateField(
        label=_("到哪天为止"),
        required=False,
        help_text=_("这一天不再有效；不填就一直有效"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY),
    )
    tree = forms.ChoiceField(label=_("按哪棵树算下级"), choices=list(TREES.items()), required=False)
    reaches = forms.MultipleChoiceField(
        label=_("能做哪几样"), choices=list(REACHES.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    document = forms.CharField(
        label=_("依据的文件"), required=False, max_length=120, validators=[refuse_nul], widget=forms.TextInput()
    )
    field_order: Sequence[str] = ("role", "organisation", "valid_from", "valid_to", "tree", "reaches", "document")

    def clean_tree(self) -> str:
        """The administrative one where none is named."""
        return self.cleaned_data["tree"] or Tree.ADMINISTRATIVE

    def clean_reaches(self) -> list[str]:
        """All three where none is named."""
        return self.cleaned_data["reaches"] or [reach.value for reach in Reach]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, gettext(role.title)) for key, role in ROLES.items()]
        cast(forms.ChoiceField, self.fields["role"]).choices = choices


class OpenForm(GrantForm):
    """A new account for a new member of staff, with its first grant."""

    name = forms.CharField(label=_("姓名"), max_length=40, validators=[refuse_nul], widget=forms.TextInput())
    login = forms.RegexField(
        label=_("登录名"),
        regex=r"^[a-z0-9][a-z0-9._-]{2,39}$",
        help_text=_("小写字母、数字、点和短横，3 到 40 个"),
        error_messages={"invalid": _("登录名只用小写字母、数字、点和短横，3 到 40 个")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    field_order = ("name", "login", "role", "organisation", "valid_from", "valid_to", "tree", "reaches", "document")


class WhoForm(UnitField):
    """Who may do something at a unit."""

    permission = forms.ChoiceField(label=_("做什么"), initial="cases:view")
    field_order = ("permission", "organisation")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, gettext(word)) for key, word in PERMISSIONS.items()]
        cast(forms.ChoiceField, self.fields["permission"]).choices = choices


class AboutForm(PlainForm):
    """One matter or one member's file."""

    about = forms.CharField(
        label=_("哪件事、哪份档案"),
        help_text=_("事项写编号，例如 261103-123；党员档案贴它那一页的网址"),
        max_length=200,
        validators=[refuse_nul],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WhyForm(UnitField):
    """Whether somebody may do something somewhere."""

    login = forms.CharField(label=_("谁（登录名）"), max_length=40, validators=[refuse_nul], widget=forms.TextInput())
    permission = forms.ChoiceField(label=_("做什么"), initial="cases:view")
    field_order = ("login", "permission", "organisation")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, gettext(word)) for key, word in PERMISSIONS.items()]
        cast(forms.ChoiceField, self.fields["permission"]).choices = choices
