"""Forms of calls that are judged: said to be wrong, answered, decided; and what each side says of the other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.fields import VerbForm, one, said, titles
from genmai.interfaces.web.handle_case.forms import NO, YES
from genmai.processes.cases.commands.ratings import ABOUT
from genmai.processes.cases.models import CallScore
from genmai.processes.cases.queries.ratings import Reviewed

ABOUT_PREFIX = "says_"


class FlagForm(VerbForm):
    reason = one(_("为什么不该叫您"))
    text = said(_("写明情况"), most=500)

    def prepare(self) -> None:
        self.choose("reason", titles(self.standing.definition.calls.wrong_reasons))


class FlagDecisionForm(VerbForm):
    """Of one flagged call; chosen first where there are several."""

    kind = "wrong_call"
    answers: tuple[tuple[str, Any], ...] = (
        (YES, pgettext_lazy("do", "确实不该叫，收回呼叫")),
        (NO, pgettext_lazy("do", "该叫，请区里裁定")),
    )
    body = one(_("哪个单位"))
    granted = one(_("您的决定"), even=True)
    text = said(_("说明"), required=False, rows=2, most=500)

    def prepare(self) -> None:
        waiting = [r for r in self.standing.matter.requests if r.kind == self.kind and r.decided_at is None and r.body]
        reasons = self.standing.definition.calls.wrong_reasons
        self.choose(
            "body",
            [
                (
                    str(r.body.public_id),
                    words.told(
                        r.body.organisation.short_name, words.say(reasons[r.reason]) if r.reason in reasons else ""
                    ),
                )
                for r in waiting
                if r.body
            ],
            first=True,
        )
        if len(waiting) == 1:
            self.fields["body"].widget = forms.HiddenInput()
        self.choose("granted", self.answers)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("granted") == NO and not found.get("text"):
            self.add_error("text", _("请写明理由"))
        return found

    def given(self) -> dict[str, Any]:
        return super().given() | {"body": UUID(self.cleaned_data["body"])}


class JudgeFlagForm(FlagDecisionForm):
    kind = "insisted"
    answers = (
        (YES, pgettext_lazy("do", "不该叫，让他们退出")),
        (NO, pgettext_lazy("do", "该叫，请他们到场")),
    )


class ScoreForm(VerbForm):
    """The first review waiting for the viewer's side: one row of cards a criterion."""

    text = said(_("说明"), required=False, rows=2, most=500, help_text=_("评“差”的要写明；双方评完才公开"))

    def prepare(self) -> None:
        found = self.review()
        rating = self.standing.definition.calls.rated
        if found is None or rating is None:
            return
        own = found.said.get(found.side)
        grades = [(key, words.say(rating.grades[key].title)) for key in rating.scale()]
        rows: dict[str, forms.Field] = {}
        for key in rating.asked_of(ABOUT[CallScore.Side(found.side)]):
            name = f"{ABOUT_PREFIX}{key}"
            rows[name] = one(words.say(rating.criteria[key].title), even=True)
            rows[name].choices = grades  # type: ignore[attr-defined]
            if own is not None:
                self.initial.setdefault(name, own.answers.get(key, ""))
        if own is not None:
            self.initial.setdefault("text", own.text)
        self.fields = rows | self.fields

    def review(self) -> Reviewed | None:
        """Nobody's word yet comes before what may still be changed."""
        waiting = sorted(self.standing.to_score, key=lambda one: one.side in one.spoken)
        return next(iter(waiting), None)

    def given(self) -> dict[str, Any]:
        found = self.review()
        answers = {
            name.removeprefix(ABOUT_PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(ABOUT_PREFIX)
        }
        return {
            "answers": answers,
            "text": self.cleaned_data["text"],
            "body": found.review.body.public_id if found else UUID(int=0),
            "side": found.side if found else "",
        }
