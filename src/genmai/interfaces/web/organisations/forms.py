"""What is asked for a restructuring. A body is named by its code or its whole name; two of one name are told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.coordination.restructuring import Wanted
from genmai.directory.roster import queries
from genmai.directory.roster.commands import NewPart
from genmai.directory.roster.models import ChangeKind, Cover, Link, Membership, Organisation, Tree
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.organisations import words
from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul
from genmai.kernel.viewer import Viewer

DAY = {"type": "date", "class": "short"}
SHOWN = 300  # children or members to choose from


class ChangeForm(PlainForm):
    """The day and the document every restructuring has."""

    on = forms.DateField(label=_("从哪天起"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))
    document = forms.CharField(
        label=_("依据的文件"), help_text=_("文号或名称，例如 姜委〔2026〕12 号"), max_length=120, validators=[refuse_nul],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, viewer: Viewer, at: datetime, body: Organisation, trees: list[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.at, self.body, self.trees = viewer, at, body, trees
        self.fields["on"].initial = day_of(at)
        self.offer()

    def offer(self) -> None:
        """Fill the choices of this kind."""

    def wanted(self) -> Wanted:
        """What the person asks for."""
        data = self.cleaned_data
        return Wanted(
            kind=self.kind, organisation=self.body, on=data["on"], document=data["document"],
            tree=data.get("tree") or self.trees[0], other=data.get("other"), name=data.get("name", ""),
            short_name=data.get("short_name", ""), part=self.part(),
        )  # fmt: skip

    def part(self) -> NewPart | None:
        return None

    kind = ChangeKind.CLOSE.value


class CloseForm(ChangeForm):
    """Nothing more is needed."""


class NameFields(PlainForm):
    """A name and how it is said for short."""

    name = forms.CharField(
        label=_("新名称"),
        max_length=120,
        validators=[refuse_nul],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    short_name = forms.CharField(
        label=_("简称"), max_length=40, required=False, validators=[refuse_nul],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class RenameForm(NameFields, ChangeForm):
    """A new name."""

    kind = ChangeKind.RENAME.value
    field_order = ("name", "short_name", "on", "document")


class OtherForm(ChangeForm):
    """A restructuring with a partner, named by code or whole name."""

    other = forms.CharField(
        label=_("哪个单位"), help_text=_("写全称或编码"), max_length=120, validators=[refuse_nul],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def clean_other(self) -> Organisation:
        """Only what the viewer may see is found; several of one name are listed with their codes, none is guessed."""
        text = self.cleaned_data["other"].strip()
        found = queries.find(self.viewer, text=text, at=self.at, limit=12)
        exact = [one for one in found if text in (one.code, one.name, one.short_name) and one.pk != self.body.pk]
        if len(exact) == 1:
            return exact[0]
        if not found:
            raise forms.ValidationError(_("没有找到这个单位，请核对名称或编码"))
        names = gettext("、").join(f"{one.name}（{one.code}）" for one in (exact or found)[:6])
        raise forms.ValidationError(_("请写清是哪一个：%(names)s"), params={"names": names})


class TreeField(PlainForm):
    """Which tree changes, where the body stands in several."""

    tree = forms.ChoiceField(label=_("哪棵树"), required=False)


class MoveForm(TreeField, OtherForm):
    """Another parent in one tree."""

    kind = ChangeKind.MOVE.value
    field_order = ("tree", "other", "on", "document")

    def offer(self) -> None:
        self.fields["other"].label = _("新的上级")
        _offer_trees(self)


class MergeForm(OtherForm):
    """Absorbed by another."""

    kind = ChangeKind.MERGE.value
    field_order = ("other", "on", "document")

    def offer(self) -> None:
        self.fields["other"].label = _("并入哪个单位")


def _told_apart(rows: Iterable[tuple[int, str, date | None]]) -> list[tuple[int, str]]:
    """People to choose from: of one name, each with the day of birth."""
    people = list(rows)
    often = Counter(name for _pk, name, _born in people)
    return [(pk, f"{name}（{born}）" if often[name] > 1 and born else name) for pk, name, born in people]


class SplitForm(TreeField, NameFields, ChangeForm):
    """A new body beside this one, with what is ticked."""

    kind = ChangeKind.SPLIT.value
    code = forms.CharField(label=_("新单位的编码"), max_length=28, validators=[refuse_nul], widget=forms.TextInput())
    children = forms.TypedMultipleChoiceField(
        label=_("划过去的下级"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.TypedMultipleChoiceField(
        label=_("划过去的党员"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    grids = forms.TypedMultipleChoiceField(
        label=_("划过去的网格"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("tree", "name", "short_name", "code", "children", "people", "grids", "on", "document")

    def offer(self) -> None:
        _offer_trees(self)
        below = Link.objects.filter(parent=self.body, valid_to__isnull=True).order_by("organisation__code")
        members = Membership.objects.filter(branch=self.body, valid_to__isnull=True).order_by(
            "person__display_name", "id"
        )
        covers = Cover.objects.filter(branch=self.body, valid_to__isnull=True).order_by("grid__code")
        offered: dict[str, Any] = {
            "children": below.values_list("organisation_id", "organisation__name"),
            "people": _told_apart(
                members.values_list("person_id", "person__display_name", "person__profile__born_on")[:SHOWN]
            ),
            "grids": covers.values_list("grid_id", "grid__name"),
        }
        for name, rows in offered.items():
            choices = list(rows[:SHOWN])
            cast(forms.TypedMultipleChoiceField, self.fields[name]).choices = choices
            if not choices:
                del self.fields[name]

    def part(self) -> NewPart:
        data = self.cleaned_data
        return NewPart(
            code=data["code"], name=data["name"], short_name=data["short_name"], children=data.get("children", []),
            people=data.get("people", []), grids=data.get("grids", []),
        )  # fmt: skip


def _offer_trees(form: ChangeForm) -> None:
    if len(form.trees) == 1:
        del form.fields["tree"]
        return
    choices = [(tree, str(words.TREES[Tree(tree)])) for tree in form.trees]
    cast(forms.ChoiceField, form.fields["tree"]).choices = choices


FORMS: Mapping[str, type[ChangeForm]] = {
    one.kind: one for one in (RenameForm, MoveForm, MergeForm, SplitForm, CloseForm)
}
