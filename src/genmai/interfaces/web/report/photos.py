"""Photos with a report: drawn anew at once, kept under their digest, and known again by a signed token.

The token stands in the form when it comes back with a fault elsewhere, so that nobody takes a photo twice. A picture
that was never sent with a case hangs on nothing and is shown to nobody but the holder of its token, for a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.utils.translation import gettext

from genmai.kernel.images import ImageLimits, reencode
from genmai.kernel.refusal import BadInput
from genmai.kernel.store import Store
from genmai.kernel.text import shorten
from genmai.processes.cases.commands.intake import Picture

MOST = 6
_SALT = "report.photo"
_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that is in the store, and the token it is known by in the form."""

    picture: Picture
    token: str


class PhotosInput(forms.ClearableFileInput):
    """A file field for several pictures."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """Several files, or none; what they are is judged by `take`."""

    widget = PhotosInput

    def clean(self, data: object, initial: object = None) -> list[UploadedFile[Any]]:
        return [file for file in data if file] if isinstance(data, list | tuple) else []


def store() -> Store:
    """Where pictures lie: beside the database, in the same backup."""
    return Store(settings.MEDIA_ROOT)


def kept(tokens: Sequence[str]) -> list[Kept]:
    """The pictures of an earlier try, each once; a token that is not ours or older than a day is passed over."""
    found: dict[str, Kept] = {}
    for token in tokens[: 2 * MOST]:
        try:
            picture = Picture(**signing.loads(token, salt=_SALT, max_age=_DAY))
        except (signing.BadSignature, TypeError):
            continue
        if store().path(picture.sha256).exists():
            found.setdefault(picture.sha256, Kept(picture, token))
    return list(found.values())[:MOST]


def take(files: Sequence[UploadedFile[Any]], before: Sequence[Kept]) -> tuple[list[Kept], list[str]]:
    """Draw each file anew and keep it; what is wrong with the others in plain words, naming the file."""
    found = {one.picture.sha256: one for one in before}
    wrong = []
    for file in files:
        if len(found) >= MOST:
            wrong.append(gettext("最多 {most} 张照片，多出的没有加上").format(most=MOST))
            break
        try:
            one = _keep(file)
        except BadInput as refused:
            wrong.append(f"{shorten(file.name or '', 30)}{gettext('：')}{refused.text(gettext)}")
        else:
            found.setdefault(one.picture.sha256, one)
    return list(found.values()), wrong


def _keep(file: UploadedFile[Any]) -> Kept:
    limits = ImageLimits()
    if (file.size or 0) > limits.max_bytes:
        # Said before a byte of it is read into memory.
        raise BadInput("image_too_large", "这张图片太大，请截一张图或压缩后再传", field="photos")
    image = reencode(file.read(), limits)
    picture = Picture(
        sha256=store().put(image.data),
        media_type=image.media_type,
        width=image.width,
        height=image.height,
        size=len(image.data),
    )
    return Kept(picture, signing.dumps(asdict(picture), salt=_SALT))


def answer(sha256: str) -> HttpResponse:
    """A picture of the store, as a picture and nothing else; kept by the reader's own browser only. Raises Http404."""
    try:
        data = store().get(sha256)
    except (FileNotFoundError, ValueError) as gone:
        raise Http404 from gone
    headers = {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=86400, immutable",
        "Content-Disposition": "inline",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return HttpResponse(data, content_type="image/jpeg", headers=headers)
