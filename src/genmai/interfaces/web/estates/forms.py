"""What is filled in about estates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.estates import words
from genmai.interfaces.web.handle_case.fields import listed, one, said
from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul
from genmai.processes.registers.commands.facts import Fact
from genmai.processes.registers.estate_rules import EstateRules
from genmai.processes.registers.majorities import Ballot
from genmai.processes.registers.models import Entry


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"})
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def short(label: Any, most: int, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """A line of text."""
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text, validators=[refuse_nul],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def number(label: Any, *, least: int = 0, required: bool = True) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=1_000_000, required=required, widget=widget)


def amount(label: Any, *, required: bool = True) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"class": "short", "inputmode": "decimal", "step": "0.01"})
    return forms.DecimalField(
        label=label, required=required, min_value=0, max_digits=12, decimal_places=2, widget=widget
    )


class Chosen(PlainForm):
    """A form whose choices come from the mechanism or the roster."""

    def choose(self, name: str, choices: Sequence[tuple[Any, Any]], *, empty: bool = True) -> None:
        """Set a list's choices, with an empty first line."""
        field: Any = self.fields[name]
        field.choices = [("", gettext("请选择")), *choices] if empty else list(choices)


class FactForm(Chosen):
    """A fact from a day on. `kind` is the entry's."""

    kind = ""
    valid_from = day(_("从哪天起"))
    document = short(_("依据的文件、合同"), 120, required=False)

    def __init__(self, *args: Any, rules: EstateRules, people: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules, self.people = rules, people
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices."""

    def fact(self) -> Fact:
        """The fact for the command."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        if "person_id" in given:
            given["person_id"] = int(given["person_id"])
        return Fact(self.kind, **given)


class ProfileForm(FactForm):
    kind = "profile"
    estate_type = listed(_("小区类型"))
    households = number(_("户数"), least=1)
    field_order = ("estate_type", "households", "valid_from", "document")

    def prepare(self) -> None:
        self.choose("estate_type", words.titles(self.rules.types))


class CommitteeForm(FactForm):
    kind = "committee"
    members = number(_("业委会人数"), least=1)
    party_members = number(_("其中党员人数"))
    valid_to = day(_("任期到哪天为止"))
    field_order = ("members", "party_members", "valid_from", "valid_to", "document")


class ManagementForm(FactForm):
    kind = "management"
    management = one(_("谁来管"))
    party_name = short(_("物业企业名称"), 60, required=False, help_text=_("选“专业物业”时要填"))
    valid_to = day(_("合同到哪天为止"), required=False)
    field_order = ("management", "party_name", "valid_from", "valid_to", "document")

    def prepare(self) -> None:
        self.choose("management", list(words.MANAGEMENT.items()), empty=False)


class CommissionerForm(FactForm):
    kind = "commissioner"
    person_id = listed(_("小区专员"), help_text=_("本社区在职的人"))
    field_order = ("person_id", "valid_from", "document")

    def prepare(self) -> None:
        self.choose("person_id", list(self.people))


class AssetForm(FactForm):
    kind = "asset"
    asset = listed(_("哪一类"))
    title = short(_("是什么"), 120)
    quantity = amount(_("有多少"))
    unit = short(_("单位"), 12, help_text=_("如 平方米、元"))
    field_order = ("asset", "title", "quantity", "unit", "valid_from", "document")

    def prepare(self) -> None:
        self.choose("asset", words.titles(self.rules.assets))


FACTS: dict[str, type[FactForm]] = {
    form.kind: form for form in (ProfileForm, CommitteeForm, ManagementForm, CommissionerForm, AssetForm)
}


def as_typed(entry: Entry) -> dict[str, Any]:
    """An entry as its form would have it, to be corrected."""
    names = ("valid_from", "valid_to", "estate_type", "households", "members", "party_members", "management")
    found = {name: getattr(entry, name) for name in (*names, "asset", "title", "quantity", "unit", "document")}
    party = entry.organisation.name.partition("（")[0] if entry.organisation else ""
    return found | {"person_id": entry.person_id, "party_name": party if entry.management else ""}


class RegisterForm(Chosen):
    """A new estate."""

    home = listed(_("哪个社区"))
    name = short(_("小区名称"), 40)
    estate_type = listed(_("小区类型"))
    households = number(_("户数"), least=1)
    management = one(_("谁来管"))
    manager = short(_("物业企业名称"), 60, required=False, help_text=_("选“专业物业”时要填"))
    manager_until = day(_("合同到哪天为止"), required=False)
    since = day(_("从哪天起是这样"))

    def __init__(self, *args: Any, rules: EstateRules, homes: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("home", [(str(o.pk), o.short_name) for o in homes], empty=len(homes) != 1)
        self.choose("estate_type", words.titles(rules.types))
        self.choose("management", list(words.MANAGEMENT.items()), empty=False)


class PlanForm(Chosen):
    """How and by when an estate comes under management."""

    owner = listed(_("谁负责"))
    way = listed(_("用什么办法"))
    by = day(_("打算到哪天"))
    left = short(_("还差什么"), 200)
    text = said(_("说明"), required=False, rows=2, most=500)

    def __init__(self, *args: Any, rules: EstateRules, owners: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("owner", [(str(o.public_id), o.short_name) for o in owners])
        self.choose("way", words.titles(rules.ways))


class ProgressForm(PlainForm):
    """One step on."""

    text = said(_("做了什么"), rows=2, most=500)
    left = short(_("还差什么"), 200, required=False)


class RequestForm(PlainForm):
    """What an owner asked for, written down by the commissioner."""

    text = said(_("业主要什么"), rows=4, most=4000)
    place_text = short(_("哪一幢、哪一处"), 120, required=False)


class MatterForm(Chosen):
    """A major matter for the pre-review."""

    kind = listed(_("哪一类事项"))
    title = short(_("事项名称"), 120)
    text = said(_("是什么事、打算怎么办、钱从哪里来"), rows=6, most=4000)
    amount = amount(_("金额（元）"), required=False)

    def __init__(self, *args: Any, rules: EstateRules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("kind", words.titles(rules.matters))


class AnswerForm(PlainForm):
    """Reasons or conditions."""

    answer = said(_("理由或条件"), rows=3, most=4000, required=False)


class VoteForm(Chosen):
    """What the owners report of their vote."""

    voted_on = day(_("哪天表决完的"))
    owners_all = number(_("业主总人数"), least=1)
    owners_voting = number(_("参与的人数"))
    owners_for = number(_("同意的人数"))
    area_all = amount(_("专有部分总面积（平方米）"))
    area_voting = amount(_("参与的面积"))
    area_for = amount(_("同意的面积"))
    reported = one(_("业主报来的结果"), even=True)
    document = short(_("依据的公告、决议"), 120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("reported", [("yes", gettext("通过")), ("no", gettext("没有通过"))], empty=False)

    def ballot(self) -> Ballot:
        return Ballot(**{name: self.cleaned_data[name] for name in Ballot.__slots__})


class PromiseForm(PlainForm):
    """What a party promises, and the day."""

    on = day(_("答应哪一天办好"))
    text = said(_("答应办什么"), rows=2)


class WordsForm(PlainForm):
    """A few words."""

    text = said(_("说明"), rows=3)


class OptionalWordsForm(PlainForm):
    text = said(_("说明"), rows=2, required=False)


def today(now_day: date) -> dict[str, Any]:
    """What most forms begin with."""
    return {"valid_from": now_day, "since": now_day, "voted_on": now_day}
