"""An upload as the templates draw it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from genmai.directory.roster.models import RegistryImport
from genmai.directory.roster.registry.definition import KINDS, definition
from genmai.directory.roster.registry.uploads import WAITING
from genmai.interfaces.web.shell import sheet_words
from genmai.interfaces.web.shell.view_models import Progress

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
    state = State(upload.state)
    begun = state == State.CHECKING and upload.about
    return BADGES[state], gettext("正在检查") if begun else gettext(state.label)


def choices(upload: RegistryImport) -> list[sheet_words.Choice]:
    """Every field of the sheet with the column suggested or chosen."""
    kept = definition(upload.kind).kept
    return [sheet_words.choice(one.key, one.label, one.required, upload.plan) for one in kept]


def left_out(upload: RegistryImport) -> list[str]:
    """Columns nobody takes over, those the definition knows and does not keep among them."""
    kept = {one.key for one in definition(upload.kind).kept}
    columns = upload.plan.get("columns", {})
    return sheet_words.left_over(upload.plan, (index for key, index in columns.items() if key in kept))


def problems(upload: RegistryImport) -> list[sheet_words.Problem]:
    """The first hundred, translated."""
    named = ((kept, kept["column_name"]) for kept in upload.problems)
    return [sheet_words.problem(kept, gettext(name) if name else "") for kept, name in named]


@dataclass(frozen=True)
class Kind:
    """One thing wrong, and how often."""

    column: str
    what: str
    count: int


def kinds(upload: RegistryImport) -> list[Kind]:
    """What is wrong most often; nothing where there is but one row anyhow."""
    kept = upload.plan.get("kinds", ()) if upload.failed > 1 else ()
    found = ((sheet_words.problem(one, gettext(one["column_name"])), one["count"]) for one in kept)
    return [Kind(problem.column, problem.what, count) for problem, count in found]


def nothing_new(upload: RegistryImport) -> str:
    """What to say of a sheet whose good rows are all known as they are."""
    if upload.new or upload.changed or not upload.same:
        return ""
    if upload.state == State.DONE:
        return gettext("%(n)s 行都已经在册，和表里写的一样，什么也没有改动。") % {"n": f"{upload.same:,}"}
    return gettext("%(n)s 行都已经在册，和表里写的一样，不用再导入。") % {"n": f"{upload.same:,}"}


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
        detail="" if upload.state == State.QUEUED else _so_far(upload),
        result_url=reverse("registry_one", args=[upload.public_id]) if upload.state not in WAITING else "",
        result_label=gettext("看结果"),
    )


def _so_far(upload: RegistryImport) -> str:
    counts = {name: f"{getattr(upload, name):,}" for name in ("new", "changed", "same", "failed")}
    return gettext("新增 %(new)s，有变 %(changed)s，没变 %(same)s，出错 %(failed)s") % counts
