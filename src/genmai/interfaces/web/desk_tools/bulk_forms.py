"""What is asked once for many matters: one form a verb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.fields import load_words, one, said, titles
from genmai.interfaces.web.handle_case.forms import category_of
from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul
from genmai.kernel.refusal import BadInput
from genmai.processes.cases import mechanism
from genmai.processes.cases.queries.load import Load
from genmai.processes.cases.wording import check_places


class BulkForm(PlainForm):
    """Base: knows whom a matter may be given to."""

    def __init__(self, *args: Any, bodies: Sequence[Organisation], loads: Mapping[int, Load], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="bulk_%s", **kwargs)
        self.prepare(bodies, loads)

    def prepare(self, bodies: Sequence[Organisation], loads: Mapping[int, Load]) -> None:
        """Fill in choices."""


class BulkDispatch(BulkForm):
    to = forms.ChoiceField(label=_("交给谁"), required=False)
    text = said(_("交代一句"), required=False, rows=2, most=500)

    def prepare(self, bodies: Sequence[Organisation], loads: Mapping[int, Load]) -> None:
        choices = [(str(o.pk), words.aside(o.short_name, load_words(loads.get(o.pk)))) for o in bodies]
        self.fields["to"].choices = [("", _("各按各的建议")), *choices]  # type: ignore[attr-defined]


class BulkClassify(BulkForm):
    category = forms.CharField(
        label=_("分类"), max_length=200, validators=[refuse_nul],
        help_text=_("写名称，例如“路灯”或“城乡建设 / 市政设施”，也可以写编码"),
    )  # fmt: skip

    def clean_category(self) -> str:
        """A code, or what the words name for sure."""
        return category_of(self.cleaned_data["category"])


class BulkReply(BulkForm):
    outcome = one(_("办得怎么样"))
    text = said(_("怎么办的"), help_text=_("每位反映人都会看到；编号、地点这些空会按每一件填上"), rows=6)
    reached = forms.BooleanField(label=_("已当面或电话告诉反映人"), required=False)

    def prepare(self, bodies: Sequence[Organisation], loads: Mapping[int, Load]) -> None:
        rows = mechanism.definition_of(mechanism.loop()).closings
        usual = {k: c for k, c in rows.items() if c.approver is None and not c.promised}
        self.fields["outcome"].choices = titles(usual)  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        """No place may stand in it that nothing fills."""
        text: str = self.cleaned_data["text"]
        try:
            check_places(text)
        except BadInput as wrong:
            raise forms.ValidationError(wrong.text(str)) from wrong
        return text


class BulkChase(BulkForm):
    text = said(_("补充一句"), required=False, rows=2, most=500)


FORMS: Mapping[str, type[BulkForm]] = {
    "dispatch": BulkDispatch, "classify": BulkClassify, "reply": BulkReply, "chase": BulkChase,
}  # fmt: skip
