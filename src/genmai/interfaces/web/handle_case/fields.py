"""What the forms of all verbs share: how choices are set, how bodies and callers are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext

from genmai.directory.roster.models import Away, Organisation
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul
from genmai.processes.cases.queries.load import Load


class VerbForm(PlainForm):
    """Base: knows the matter; `many` names fields that take several values."""

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices."""

    def choose(self, name: str, choices: Iterable[tuple[Any, Any]], *, first: bool = False) -> None:
        """Set a field's choices; a single one, or `first`, is chosen beforehand."""
        field = self.fields[name]
        field.choices = list(choices)  # type: ignore[attr-defined]
        if field.choices and (first or len(field.choices) == 1) and not isinstance(field, forms.MultipleChoiceField):  # type: ignore[attr-defined]
            self.initial.setdefault(name, field.choices[0][0])  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """The arguments for the command."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


def said(label: Any, *, required: bool = True, help_text: Any = "", rows: int = 3, most: int = 2000) -> forms.CharField:
    """A field for words."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=most,
        validators=[refuse_nul],
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def one(label: Any, *, required: bool = True, help_text: Any = "", even: bool = False) -> forms.ChoiceField:
    """One of a few, as cards; `even`: side by side."""
    field = forms.ChoiceField(label=label, required=required, help_text=help_text, widget=forms.RadioSelect)
    field.look = "even" if even else ""  # type: ignore[attr-defined]
    return field


def listed(label: Any, *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    """One of many, as a list."""
    return forms.ChoiceField(label=label, required=required, help_text=help_text)


def several(label: Any, *, required: bool = True, help_text: Any = "") -> forms.MultipleChoiceField:
    """Several of many."""
    return forms.MultipleChoiceField(
        label=label, required=required, help_text=help_text, widget=forms.CheckboxSelectMultiple
    )


def titles(rows: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Key and words of a section's rows."""
    return [(key, words.say(row if hasattr(row, "zh") else row.title)) for key, row in rows.items()]


def caller_words(standing: Standing, caller: Any) -> str:
    """王** 138****5678, or that no name was left and the way they came."""
    known = standing.people.get(caller.person_id)
    name = " ".join(part for part in (known.name, known.phone) if part) if known else ""
    channel = standing.definition.channels.get(caller.channel)
    by = words.say(channel.title) if channel else caller.channel
    return name or gettext("没留姓名（{channel}）").format(channel=by)


def body_choices(
    standing: Standing, *, without_lead: bool = False, without_guests: bool = False, among: Any = None
) -> list[tuple[str, str]]:
    """Organisations by public id."""
    out = {standing.case.lead_id} if without_lead else set()
    if without_guests:
        out |= {b.organisation_id for b in standing.guests}
    found = standing.targets if among is None else among
    return [(str(o.public_id), _named(standing, o)) for o in found if o.id not in out]


def _named(standing: Standing, body: Organisation) -> str:
    """A body with what it has in hand: put together once, though three lists of a page may name it."""
    if body.id not in standing.named:
        load, away = standing.loads.get(body.id), standing.away.get(body.id, ())
        standing.named[body.id] = words.aside(body.short_name, load_words(load, away))
    return standing.named[body.id]


def load_words(load: Load | None, away: Sequence[Away] = ()) -> str:
    """在办 12，超时 3；王红今天不在: shown before one more is handed over; empty with nothing in hand and all there."""
    told = gettext("在办 {n}，超时 {late}").format(n=load.open, late=load.late) if load and load.open else ""
    return gettext("；").join(part for part in (told, *map(away_words, away)) if part)


def away_words(away: Away) -> str:
    """王红今天不在，李明代."""
    if away.stand_in is None:
        return gettext("{name}今天不在").format(name=away.person.display_name)
    return gettext("{name}今天不在，{other}代").format(name=away.person.display_name, other=away.stand_in.display_name)
