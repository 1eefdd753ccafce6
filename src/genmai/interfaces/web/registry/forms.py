"""What is handed in: a file of one kind; then, if need be, which column is which."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster.registry.definition import KINDS, definition
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.kernel.sheets import LARGE


class SheetForm(PlainForm):
    """One xlsx or csv, and which of the registry's sheets it is."""

    kind = forms.ChoiceField(label=_("是哪一种表"), choices=[(kind, _(definition(kind).sheet.title)) for kind in KINDS])
    file = forms.FileField(
        label=_("文件"),
        help_text=_("xlsx 或 csv，一份可以放下全市的名册。先检查，您确认后才导入。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refused before it is read into memory."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGE.max_bytes:
            raise forms.ValidationError(_("这个文件太大，没有导入任何内容。请拆成几份再上传"))
        return file


def chosen_columns(posted: Mapping[str, str], keys: tuple[str, ...], width: int) -> dict[str, int | None] | None:
    """Field → column as chosen, None for "not in this sheet"; None when the form was about the sheet only."""
    if "sheet_only" in posted:
        return None
    found: dict[str, int | None] = {}
    for key in keys:
        text = posted.get(f"column-{key}", "")
        found[key] = int(text) if text.isdigit() and int(text) < width else None
    return found
