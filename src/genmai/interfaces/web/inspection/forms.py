"""What is asked in an inspection: as little as will do. Rules live in `cases.commands`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.import_sheet.forms import LARGEST
from genmai.interfaces.web.report.forms import CleanText
from genmai.interfaces.web.report.photos import PhotosField
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.processes.cases.commands.intake import LONGEST_PLACE, LONGEST_TEXT
from genmai.processes.cases.commands.round_step import rules_of
from genmai.processes.cases.commands.rounds import LONGEST_DOCUMENT, LONGEST_NUMBER, LONGEST_TITLE
from genmai.processes.cases.models import Round

ON_SITE, ON_PAPER = "on_site", "on_paper"
PASSED, NOT_PASSED = "passed", "not_passed"


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


class RoundForm(PlainForm):
    """A new round."""

    number = CleanText(longest=LONGEST_NUMBER, label=_("期号"), help_text=_("例如：2026年第3期"))
    title = CleanText(longest=LONGEST_TITLE, label=_("名称"), help_text=_("例如：三季度环境整治暗访"))
    inspected_from = _day(_("从哪天"))
    inspected_to = _day(_("到哪天"))


class FindingForm(PlainForm):
    """One finding, on a phone with one thumb: the side, what is wrong, pictures, where, who."""

    service = forms.ChoiceField(label=_("哪一方面"), widget=forms.RadioSelect)
    text = CleanText(
        longest=LONGEST_TEXT,
        multiline=True,
        label=_("看到了什么问题"),
        help_text=_("写清什么东西、怎么了；不写人的姓名和电话。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photos = PhotosField(label=_("拍几张照片"), help_text=_("照片里的定位信息会先去掉。没有也行。"), required=False)
    place_text = CleanText(
        longest=LONGEST_PLACE,
        label=_("在哪里"),
        required=False,
        widget=forms.TextInput(attrs={"data-draft-prefilled": True}),
    )
    body = forms.ChoiceField(label=_("由谁整改"))
    urgency = forms.ChoiceField(label=_("整改要求"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, round: Round, bodies: Sequence[Organisation], **more: Any) -> None:
        super().__init__(*args, **more)
        definition, rules = rules_of(round.mechanism)
        ordered = sorted(rules.classes, key=lambda key: rules.classes[key].order)
        self.fields["service"].choices = [(key, say(definition.kinds[key].title)) for key in ordered]  # type: ignore[attr-defined]
        usual = [("", gettext("按这一方面的一般要求"))]
        self.fields["urgency"].choices = usual + [  # type: ignore[attr-defined]
            (key, say(definition.urgencies[key].title)) for key in rules.urgencies
        ]
        listed = [("", gettext("请选择单位")), *((str(body.public_id), body.name) for body in bodies)]
        self.fields["body"].choices = listed  # type: ignore[attr-defined]


class SheetForm(PlainForm):
    """One xlsx or csv of findings."""

    file = forms.FileField(
        label=_("问题清单"),
        help_text=_("xlsx 或 csv。列名不一样也能认：方面、问题、整改单位必须有。先检查，不会马上登记。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refused before it is read into memory."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("这个文件太大，没有导入任何内容。请拆成几份再上传"))
        return file


class PutRightForm(PlainForm):
    """What was done; with pictures where the class welcomes them; or by when, where it can't be done yet."""

    text = CleanText(
        longest=2000,
        multiline=True,
        label=_("怎么改的"),
        help_text=_("做了什么、现在怎样。写清楚就行。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = PhotosField(
        label=_("整改后的照片"), help_text=_("有就附上，没有不影响。照片里的定位信息会先去掉。"), required=False
    )
    promised_until = forms.DateField(
        label=_("还没改完的，哪天改完"),
        help_text=_("改完了不用填。填了，复查的人会看到是答应了、还没办好。"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, pictures: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not pictures:
            del self.fields["photos"]


class LookForm(PlainForm):
    """The second look."""

    passed = forms.ChoiceField(
        label=_("改好了吗"),
        choices=[(PASSED, _("改好了，销号")), (NOT_PASSED, _("没改好，退回重改"))],
        widget=forms.RadioSelect,
    )
    how = forms.ChoiceField(
        label=_("怎么查的"), choices=[(ON_SITE, _("到现场看的")), (ON_PAPER, _("看材料"))], widget=forms.RadioSelect,
        initial=ON_SITE,
    )  # fmt: skip
    text = CleanText(
        longest=2000,
        multiline=True,
        label=_("说明"),
        help_text=_("没改好，要写明哪里没改好。"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photos = PhotosField(label=_("现场照片"), help_text=_("有就附上，没有不影响。"), required=False)
    closing = forms.ChoiceField(label=_("怎样销号"), required=False)

    def __init__(self, *args: Any, round: Round, promised: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        definition, rules = rules_of(round.mechanism)
        keys = [key for key in definition.closings if not promised or key != rules.rectified]
        self.fields["closing"].choices = [(key, say(definition.closings[key].title)) for key in keys]  # type: ignore[attr-defined]


class IssueForm(PlainForm):
    """The circular's number."""

    document = CleanText(longest=LONGEST_DOCUMENT, label=_("通报文号"), help_text=_("例如：鄞督〔2026〕3号"))
