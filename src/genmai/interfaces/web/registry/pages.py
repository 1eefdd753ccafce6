"""An upload as the templates draw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from genmai.directory.roster.models import RegistryImport
from genmai.directory.roster.registry.definition import KINDS, definition
from genmai.directory.roster.registry.uploads import WAITING
from genmai.interfaces.web.shell.view_models import Progress
from genmai.kernel.refusal import BadInput
from genmai.kernel.sheets.markup import column_letter

State = RegistryImport.State
BADGES = {
    State.CHECKING: "in-hand",
    State.CHECKED: "new",
    State.QUEUED: "in-hand",
    State.RUNNING: "in-hand",
    State.DONE: "done",
    State.CANCELLED: "done",
    State.FAILED: "late",
}


@dataclass(frozen=True)
class Template:
    """One kind of sheet to fetch."""

    title: str
    about: str
    url: str


@dataclass(frozen=True)
class Choice:
    """One field and the column it comes from. `sure`: "", look, or yes."""

    key: str
    label: str
    required: bool
    chosen: int | None
    sure: str


@dataclass(frozen=True)
class Shown:
    """One cell that can't be taken, in the reader's words."""

    row: int
    column: str
    shown: str
    what: str


def templates() -> list[Template]:
    """Every kind, in the order in which they are brought in."""
    abouts = ((kind, definition(kind).sheet) for kind in KINDS)
    return [
        Template(gettext(sheet.title), gettext(sheet.about), reverse("registry_template", args=[kind]))
        for kind, sheet in abouts
    ]


def title_of(upload: RegistryImport) -> str:
    """The kind of sheet in words."""
    return gettext(definition(upload.kind).sheet.title)


def badge(upload: RegistryImport) -> tuple[str, str]:
    """Shape and word of where it stands."""
    return BADGES[State(upload.state)], gettext(State(upload.state).label)


def choices(upload: RegistryImport) -> list[Choice]:
    """Every field of the sheet with the column suggested or chosen."""
    columns, sure = upload.plan.get("columns", {}), upload.plan.get("sure", {})
    found = []
    for one in definition(upload.kind).kept:
        confidence = float(sure.get(one.key, 0))
        word = "" if one.key not in columns else "yes" if confidence >= 0.9 else "look"
        found.append(Choice(one.key, gettext(one.label), one.required, columns.get(one.key), word))
    return found


def headers(upload: RegistryImport) -> list[tuple[int, str]]:
    """The columns of the sheet, as the lists offer them."""
    names = enumerate(upload.plan.get("headers", ()))
    return [(index, _column(column_letter(index), name or gettext("（没有列名）"))) for index, name in names]


def left_out(upload: RegistryImport) -> list[str]:
    """Columns nobody takes over: told, not dropped in silence."""
    kept = {one.key for one in definition(upload.kind).kept}
    used = {index for key, index in upload.plan.get("columns", {}).items() if key in kept}
    return [name for index, name in enumerate(upload.plan.get("headers", ())) if name and index not in used]


def problems(upload: RegistryImport) -> list[Shown]:
    """The first hundred, translated."""
    return [_shown(kept) for kept in upload.problems]


def _shown(kept: Mapping[str, Any]) -> Shown:
    refused = BadInput("row", kept["message"], allowed=kept["allowed"])
    said, allowed = refused.text(gettext), refused.accepts(gettext)
    what = gettext("%(said)s（可以是：%(allowed)s）") % {"said": said, "allowed": allowed} if allowed else said
    name = kept["column_name"]
    return Shown(kept["row"], _column(kept["column"], gettext(name)) if name else kept["column"], kept["shown"], what)


def _column(letter: str, name: str) -> str:
    return gettext("%(letter)s 列：%(name)s") % {"letter": letter, "name": name}


def refusal(upload: RegistryImport) -> str:
    """Why the columns can't be used yet; empty when they can."""
    kept = upload.plan.get("refused")
    return BadInput("sheet", kept["message"], **kept["params"]).text(gettext) if kept else ""


def progress(upload: RegistryImport) -> Progress:
    """How far it is."""
    titles = {
        State.CHECKING: gettext("正在检查"),
        State.QUEUED: gettext("排队中，马上开始"),
        State.RUNNING: gettext("正在导入"),
    }
    return Progress(
        title=titles.get(State(upload.state), gettext("检查完成")),
        finished=upload.done,
        total=max(upload.done, upload.about, 1),
        poll_url=reverse("registry_progress", args=[upload.public_id]),
        done=upload.state not in WAITING,
        failed="" if upload.state != State.FAILED else gettext("没有导入，什么也没有写入。"),
        detail=gettext("新增 %(new)s，有变 %(changed)s，没变 %(same)s，出错 %(failed)s")
        % {"new": upload.new, "changed": upload.changed, "same": upload.same, "failed": upload.failed},
        result_url=reverse("registry_one", args=[upload.public_id]),
        result_label=gettext("看结果"),
    )
