"""What is handed in: a file; then, if need be, which column is which."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.kernel.sheets import Limits

LARGEST = Limits().max_bytes


class FileForm(PlainForm):
    """One xlsx or csv."""

    file = forms.FileField(
        label=_("工单表"),
        help_text=_("xlsx 或 csv，最大 64 MB、10 万行。先检查，不会马上导入。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "autofocus": True}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refused before it is read into memory."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("这个文件太大，没有导入任何内容。请拆成几份再上传"))
        return file


def chosen_columns(posted: Mapping[str, str], fields: tuple[str, ...], width: int) -> dict[str, int | None] | None:
    """Field → column as chosen, None for "not in this sheet"; all None when the form was about the sheet only."""
    if "sheet_only" in posted:
        return None
    found: dict[str, int | None] = {}
    for field in fields:
        text = posted.get(f"column-{field}", "")
        found[field] = int(text) if text.isdigit() and int(text) < width else None
    return found
