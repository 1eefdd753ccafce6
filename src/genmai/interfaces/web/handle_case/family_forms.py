"""Forms of parent and child matters: splitting, hanging one under another, answering and ending several in one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.fields import VerbForm, body_choices, listed, said, titles
from genmai.interfaces.web.handle_case.forms import CloseForm, ReplyForm
from genmai.interfaces.web.shell.plain_forms import refuse_nul
from genmai.processes.cases.commands.family import Part
from genmai.processes.cases.queries.family import Kin, by_number

ROWS = 3
CHILD = "child_"


class SplitForm(VerbForm):
    """So many rows; those left empty are left out."""

    def prepare(self) -> None:
        bodies = [("", _("请选单位")), *body_choices(self.standing)]
        urgencies = [("", _("同这一件")), *titles(self.standing.definition.urgencies)]
        for n in range(1, ROWS + 1):
            first = n == 1
            self.fields[f"to_{n}"] = listed(_("第 %(n)s 件：交给谁") % {"n": n}, required=first)
            self.fields[f"text_{n}"] = said(_("第 %(n)s 件：办什么") % {"n": n}, required=first, rows=2)
            self.fields[f"urgency_{n}"] = listed(_("第 %(n)s 件：急不急") % {"n": n}, required=False)
            self.choose(f"to_{n}", bodies)
            self.choose(f"urgency_{n}", urgencies, first=True)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for n in range(1, ROWS + 1):
            to, text = found.get(f"to_{n}"), found.get(f"text_{n}")
            if bool(to) != bool(text) and not self.errors.get(f"to_{n}") and not self.errors.get(f"text_{n}"):
                self.add_error(f"text_{n}" if to else f"to_{n}", _("选了单位的，请写明办什么；写了的，请选单位"))
        return found

    def given(self) -> dict[str, Any]:
        rows = [
            Part(
                to=UUID(self.cleaned_data[f"to_{n}"]),
                text=self.cleaned_data[f"text_{n}"],
                urgency=self.cleaned_data[f"urgency_{n}"],
            )
            for n in range(1, ROWS + 1)
            if self.cleaned_data.get(f"to_{n}")
        ]
        return {"parts": rows}


class NumberForm(VerbForm):
    """Another matter by the number people quote."""

    number = forms.CharField(
        label=_("那一件的编号"),
        max_length=24,
        validators=[refuse_nul],
        help_text=_("例如 260305-128，在那一件的页面最上面"),
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
    text = said(_("补充一句"), required=False, rows=2, most=500)

    def clean_number(self) -> UUID:
        found = by_number(self.standing.actor.viewer, number=self.cleaned_data["number"])
        if found is None:
            raise forms.ValidationError(_("没有找到这个编号的事项，或者不在您能看的范围内"))
        return found.public_id


class AttachForm(NumberForm):
    def given(self) -> dict[str, Any]:
        return {"to": self.cleaned_data["number"], "text": self.cleaned_data["text"]}


def _with_children(form: VerbForm, fits: Callable[[Kin], bool], keys: list[tuple[str, str]], usual: str) -> None:
    """One list a child that can come along: leave it, or how it ends."""
    for kin in form.standing.matter.children:
        if fits(kin):
            name = f"{CHILD}{kin.case.public_id}"
            label = gettext("下面的 {number}（{who}）也一起").format(number=kin.case.number, who=_who(kin))
            form.fields[name] = listed(label, required=False, help_text=words.title_of(kin.case, 40))
            form.choose(name, [("", _("这次不一起")), *keys])
            form.initial.setdefault(name, usual)


def _who(kin: Kin) -> str:
    return (kin.case.lead or kin.case.holder).short_name


def _split(given: dict[str, Any]) -> dict[str, Any]:
    """The children's own outcomes apart from the rest."""
    children = {UUID(name.removeprefix(CHILD)): value for name, value in given.items() if name.startswith(CHILD)}
    rest = {name: value for name, value in given.items() if not name.startswith(CHILD)}
    return rest | ({"children": children} if children else {})


class ReplyTogetherForm(ReplyForm):
    def prepare(self) -> None:
        super().prepare()
        keys = [(k, w) for k, w in self.fields["outcome"].choices if k != "promised"]  # type: ignore[attr-defined]
        _with_children(self, self.standing.replyable, keys, "solved")

    def given(self) -> dict[str, Any]:
        return _split(super().given())


class CloseTogetherForm(CloseForm):
    def prepare(self) -> None:
        super().prepare()
        keys = [(k, words.say(c.title)) for k, c in self.standing.definition.closings.items() if c.approver is None]
        _with_children(self, self.standing.closable, keys, "solved")

    def given(self) -> dict[str, Any]:
        return _split(super().given())
