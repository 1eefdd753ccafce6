"""Making an export's file, the same way from a page (at once) and from the worker (a slice at a time)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import BinaryIO
from urllib.parse import parse_qsl
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from genmai.directory.access.walls import scope_of
from genmai.interfaces import export_files
from genmai.interfaces.web.exports.registry import registry
from genmai.interfaces.web.shell.time_words import exact_words
from genmai.kernel import ids
from genmai.kernel.sealed_files import Sealing
from genmai.kernel.viewer import Actor, Viewer
from genmai.kernel.walled import asked_by
from genmai.reports.exports import commands, queries
from genmai.reports.exports.digests import Keyed, key_of
from genmai.reports.exports.layout import Cover, Layout, lay_out
from genmai.reports.exports.limits import limits
from genmai.reports.exports.models import ExportRecord
from genmai.reports.exports.policies import check_export, check_may_export
from genmai.reports.exports.shape import Asked, Export, Row, Said, narrowed
from genmai.reports.exports.workbook import Writer

Clock = Callable[[], datetime]


def asked_of(query: str, at: datetime) -> Asked:
    """The filters of an address, the last of a name; control characters left out."""
    pairs = parse_qsl(query, max_num_fields=60)
    return Asked({name: value.replace("\x00", "") for name, value in pairs}, at)


def request_of(viewer: Viewer, export: Export, *, query: str, at: datetime, purpose: str = "") -> commands.Request:
    """What is asked for in words, and how many rows it has. Raises NotPermitted before anything is counted."""
    check_may_export(viewer, export.permission)
    narrow, asked = narrowed(viewer, export.permission), asked_of(query, at)
    with asked_by(lambda: scope_of(narrow)):
        said, expected = export.said(narrow, asked), export.count(narrow, asked)
        names = queries.scope(viewer, permission=export.permission)
    return commands.Request(
        query=query,
        said=said,
        filters=_("；").join(_("{name}：{value}").format(name=name, value=value) for name, value in said.filters),
        scope=_(export.whose) if export.whose else _("、").join(names),
        expected=expected,
        language=translation.get_language() or "zh-hans",
        purpose=purpose,
    )


class Making:
    """One file under way: `go_on` writes rows while it is told to; then the record says done.

    Rows come through both walls, from a page and from the worker alike: the viewer's filter, and row security.
    """

    def __init__(self, record: ExportRecord, viewer: Viewer, clock: Clock) -> None:
        self.record, self.clock = record, clock
        self.export = registry()[record.what]
        self.viewer = narrowed(viewer, self.export.permission)
        self.actor = Actor.staff(viewer)
        self.file: BinaryIO | None = None
        self.sealing: Sealing | None = None
        self.wall = scope_of(self.viewer)
        self.rows: Iterator[Row] | None = None
        self.writer: Writer | None = None
        self.block = 0

    def go_on(self, while_: Callable[[], bool] = lambda: True) -> ExportRecord:
        """To the end, or until `while_` says stop. Raises Changed when it was cancelled, and whatever a row raises."""
        with translation.override(self.record.language):
            try:
                if self.writer is None:
                    self._begin()
                while while_():
                    if not self._step():
                        return self._finish()
            except BaseException:
                self.abandon()
                raise
        return self.record

    def abandon(self) -> None:
        """Leave nothing lying about."""
        if self.writer is not None:
            if self.sealing is not None:
                self.sealing.give_up()
            self.writer.abandon()
            self.writer = None
        if self.file is not None:
            self.file.close()
        export_files.remove(self.record.public_id)

    def _begin(self) -> None:
        check_export(self.viewer, self.export, purpose=self.record.purpose)
        at = self.clock()
        asked = asked_of(self.record.query, at)
        until = queries.facts_until(self.viewer, at=at)
        keyed = Keyed(key_of(settings.GENMAI_MASTER_KEY, self.record.public_id))
        with asked_by(lambda: self.wall):
            said, columns = self.export.said(self.viewer, asked), self.export.columns(self.viewer, asked)
        cover = cover_of(self.record, said, at, until, below=not self.export.whose)
        layout = explained(lay_out(columns, cover))
        self.record = commands.begin(
            actor=self.actor,
            at=at,
            key=self._key("begin"),
            export=self.record,
            layout=layout.kept(keyed),
            facts_until=until,
        )
        export_files.remove(self.record.public_id)
        self.file, self.sealing = export_files.begin(self.record.public_id)
        self.writer = Writer(self.sealing, layout, keyed, at, expected=self.record.expected)
        with asked_by(lambda: self.wall):
            self.rows = iter(self.export.rows(self.viewer, asked))

    def _step(self) -> bool:
        """One block of rows; False at the end."""
        assert self.writer is not None  # noqa: S101  `_begin` made both
        assert self.rows is not None  # noqa: S101
        with asked_by(lambda: self.wall):
            kept = [self.writer.row(row) for row in islice(self.rows, limits().block_rows)]
        if kept:
            commands.keep(
                actor=self.actor, at=self.clock(), key=self._key(f"keep {self.block}"), export=self.record,
                ordinal=self.block, rows=self.writer.rows, block=b"".join(kept),
            )  # fmt: skip
            self.block += 1
        return len(kept) == limits().block_rows

    def _finish(self) -> ExportRecord:
        assert self.writer is not None  # noqa: S101
        assert self.sealing is not None  # noqa: S101
        assert self.file is not None  # noqa: S101
        self.writer.close()
        self.sealing.close()
        export_files.finish(self.record.public_id, self.file)
        asked = asked_of(self.record.query, self.clock())
        with asked_by(lambda: self.wall):
            persons = list(self.export.persons(self.viewer, asked)) if self.export.persons else []
        self.record = commands.finish(
            actor=self.actor, at=self.clock(), key=self._key("finish"), export=self.record,
            size=self.sealing.size, persons=persons,
        )  # fmt: skip
        self.writer = None
        return self.record

    def _key(self, step: str) -> UUID:
        return ids.subkey(self.record.key, step)


def cover_of(record: ExportRecord, said: Said, at: datetime, until: datetime, *, below: bool = True) -> Cover:
    """The lines above the table, in the language of whoever asked. `below`: the scope is bodies with all below them."""
    name, unit = record.by.display_name, record.organisation.name if record.organisation else ""
    who = _("{name}（{unit}）").format(name=name, unit=unit) if unit else name
    moment = exact_words(at)
    lines = [
        _("数据截至：{at}；记录到 {until} 为止").format(at=moment, until=exact_words(until)),
        (_("范围：{scope}及其下级") if below else _("范围：{scope}")).format(scope=record.scope),
        *(_("{name}：{value}").format(name=name, value=value) for name, value in said.filters),
        *((_("口径：{rules}").format(rules=_("；").join(said.rules)),) if said.rules else ()),
        _("导出：{who}，{at}").format(who=who, at=moment),
        _("校验码：{code}。改动任何一格，核对时都会指出来").format(code=record.code),
    ]
    how = _(
        "把这个文件交给“核对导出文件”页面，或者运行 ./genmai records check 文件名；会说没有改动，或者指出改了哪一格。"
    )
    notes = (
        (_("怎么核对"), how),
        (_("校验码"), record.code),
        (_("范围"), record.scope),
        *((_("口径"), rule) for rule in said.rules),
        *(((_("用途"), record.purpose),) if record.purpose else ()),
    )
    return Cover(
        title=said.title,
        lines=tuple(lines),
        watermark=_("内部资料，注意保管 · {who} · {at} · {code}").format(who=who, at=moment, code=record.code),
        code=record.code,
        footer=_("校验码 {code} · {who} · {at}").format(code=record.code, who=who, at=moment),
        sheets=(_("清单"), _("说明")),
        notes=notes,
    )


def explained(layout: Layout) -> Layout:
    """What each column means, on the second sheet."""
    about = tuple(
        (path, column.about) for path, column in zip(layout.paths, layout.columns, strict=True) if column.about
    )
    return replace(layout, cover=replace(layout.cover, notes=(*layout.cover.notes, *about)))
