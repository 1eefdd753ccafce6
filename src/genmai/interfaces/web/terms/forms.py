"""What is typed about posts, terms, assignments, grids."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster import mechanism
from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.directory.roster.queries.as_at import visible
from genmai.directory.roster.queries.members import branches_named
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.members.forms import choose, day, text
from genmai.interfaces.web.members.words import say
from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul
from genmai.interfaces.web.terms import choosing
from genmai.kernel.viewer import Viewer

NAME_HELP = _("姓名；重名的在后面空一格加手机后四位或支部名，也可以写身份证号")


class BodyForm(PlainForm):
    """A form about one body, on a day."""

    def __init__(self, *args: Any, viewer: Viewer, at: datetime, body: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.at, self.body = viewer, at, body
        if "on" in self.fields and "on" not in self.initial:
            self.fields["on"].initial = day_of(at)
        self.offer()

    def offer(self) -> None:
        """Fill the choices."""

    def meant(self, name: str) -> Any:
        """The person a name means."""
        try:
            return choosing.one_meant(self.viewer, text=self.cleaned_data[name], body=self.body, at=self.at)
        except choosing.NotMeant as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


class TermForm(BodyForm):
    """A change of term: who was chosen for what, a line each."""

    number = forms.IntegerField(
        label=_("第几届"), min_value=1, max_value=99, widget=forms.NumberInput({"class": "short"})
    )
    on = day(_("换届日期"), help_text=_("从这天起算"))
    planned_end = day(_("届满日期"))
    document = text(_("依据的文件或选举结果"), 120)
    chosen = forms.CharField(
        label=_("当选的人"), max_length=3000, validators=[refuse_nul], widget=forms.Textarea({"rows": 8}),
        help_text=_("一行一个：职务 姓名，例如“书记 张三”；可以从表格里直接粘贴这两列"),
    )  # fmt: skip
    whole_team = forms.BooleanField(label=_("没有写进届里的原班子成员也从这天起离任"), required=False, initial=True)

    lines: list[choosing.Line]

    def clean_chosen(self) -> str:
        """Every faulty line is told at once."""
        typed: str = self.cleaned_data["chosen"]
        self.lines, faults = choosing.lines_of(self.viewer, text=typed, body=self.body, at=self.at)
        if faults:
            raise forms.ValidationError(gettext("；").join(faults))
        return typed


class PostForm(BodyForm):
    """One post."""

    post = forms.ChoiceField(label=_("职务"))
    person = text(_("谁"), 60, help_text=NAME_HELP)
    on = day(_("从哪天起"))
    document = text(_("依据的文件"), 120)

    def offer(self) -> None:
        choose(self, "post", [(post, words[0]) for post, words in choosing.posts_for(self.body).items()])

    def clean_person(self) -> Any:
        return self.meant("person")


class LeaveForm(PlainForm):
    """The end of a post."""

    on = day(_("从哪天起不再任职"))
    document = text(_("依据的文件"), 120)


class WhyForm(PlainForm):
    """Why an entry is taken back."""

    reason = text(_("为什么撤回"), 120, help_text=_("写清登记错在哪里，以后查得到"))


class AssignForm(BodyForm):
    """Somebody sent to this body."""

    kind = forms.ChoiceField(label=_("哪一种"))
    person = text(_("谁"), 60, help_text=NAME_HELP)
    title = text(_("职务名称"), 40, required=False, help_text=_("不写就用种类的名称"))
    home = text(_("派出单位"), 80, required=False)
    on = day(_("从哪天起"))
    planned_end = day(_("到哪天为止"))
    tasks = forms.CharField(
        label=_("任务"), max_length=300, required=False, validators=[refuse_nul], widget=forms.Textarea({"rows": 3})
    )
    document = text(_("派出的文件"), 120)

    def offer(self) -> None:
        kinds = mechanism.assignments().kinds
        choose(self, "kind", [(key, say(one.title)) for key, one in kinds.items()])

    def clean_person(self) -> Any:
        return self.meant("person")


class ReviewForm(PlainForm):
    """How an assignment was judged."""

    grade = forms.ChoiceField(label=_("考核等次"))
    on = day(_("考核日期"))
    said = text(_("考核意见"), 200, required=False)
    document = text(_("依据的文件"), 120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "grade", [(key, say(one)) for key, one in mechanism.assignments().grades.items()])


class EndForm(PlainForm):
    """Why and when an assignment ended."""

    outcome = forms.ChoiceField(label=_("为什么结束"))
    on = day(_("从哪天起结束"))
    said = text(_("说明"), 200, required=False)
    document = text(_("依据的文件"), 120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "outcome", [(key, say(one)) for key, one in mechanism.assignments().endings.items()])


class SizeForm(BodyForm):
    """How many households a grid has."""

    households = forms.IntegerField(
        label=_("户数"), min_value=0, max_value=99_999, widget=forms.NumberInput({"class": "short"})
    )
    large = forms.BooleanField(label=_("属于融合型大社区"), required=False)
    on = day(_("从哪天起"))
    document = text(_("户数出自"), 120, help_text=_("文件、台账或普查的名称"))


class CoverForm(BodyForm):
    """A branch built on a grid."""

    other = text(_("哪个网格"), 120, help_text=_("写全称或编码"))
    on = day(_("从哪天起"))
    document = text(_("依据的文件"), 120)

    def offer(self) -> None:
        if self.body.kind == OrganisationKind.GRID:
            self.fields["other"].label = cast(Any, _("哪个支部"))

    def clean_other(self) -> Organisation:
        """By code or whole name; several are listed, none is guessed."""
        typed = self.cleaned_data["other"].strip()
        if self.body.kind == OrganisationKind.GRID:
            found = branches_named(self.viewer, text=typed)
        else:
            rows = Organisation.objects.filter(visible(self.viewer), kind=OrganisationKind.GRID, closed_on=None)
            found = list(rows.filter(code=typed)[:2]) or list(rows.filter(name=typed).order_by("code")[:7])
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("没有找到“%(name)s”，请核对名称或编码"), params={"name": typed})
        listed = gettext("、").join(f"{one.name}（{one.code}）" for one in found[:6])
        raise forms.ValidationError(_("请写清是哪一个：%(names)s"), params={"names": listed})


class UncoverForm(PlainForm):
    """Built on the grid no longer."""

    on = day(_("从哪天起不再建在这里"))
    document = text(_("依据的文件"), 120)
