"""Learning anew, the same way from the command line and the page: kept sheets and settled cases make one model.

Labelled sheets are kept under their digest beside the models, so that a later run has them too; the model itself holds
their digests and counts, not their texts. Nothing leaves the machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from genmai.kernel.sheets import open_sheet
from genmai.kernel.store import Store
from genmai.kernel.viewer import NOBODY
from genmai.processes.cases import labelled_sheets, mechanism
from genmai.processes.cases.definition_suggestion import Suggesting
from genmai.processes.cases.queries.settled import Settled, settled, went_to
from genmai.processes.cases.suggestion import current, model_file
from genmai.processes.cases.suggestion.features import plain
from genmai.processes.cases.suggestion.habits import habits_of
from genmai.processes.cases.suggestion.model import Model
from genmai.processes.cases.suggestion.training import Labelled, Targets, learn

LIST = "sheets.json"


@dataclass(frozen=True, slots=True)
class KeptSheet:
    """A labelled sheet that is learned from: its digest, its name, rows with a known label and rows without."""

    sha256: str
    name: str
    rows: int
    unknown: int


def kept() -> list[KeptSheet]:
    """The sheets learned from, in the order they came."""
    path = current.folder() / LIST
    return [KeptSheet(**one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def keep(data: bytes, name: str) -> tuple[KeptSheet, list[str]]:
    """Keep a sheet for learning; gives also the labels that name no subject. Raises SheetRefused.

    The same file again is the same sheet.
    """
    rows, unknown = labelled(data, name)
    store = _store()
    sheet = KeptSheet(store.put(data), Path(name).name[:120], len(rows), len(unknown))
    store.path(sheet.sha256).chmod(0o600)
    _write([one for one in kept() if one.sha256 != sheet.sha256] + [sheet])
    return sheet, sorted(set(unknown))


def forget(sha256: str) -> KeptSheet | None:
    """A sheet is learned from no more (by the beginning of its digest); its file goes, too."""
    found = next((one for one in kept() if len(sha256) >= 6 and one.sha256.startswith(sha256)), None)
    if found is not None:
        _store().path(found.sha256).unlink(missing_ok=True)
        _write([one for one in kept() if one != found])
    return found


def labelled(data: bytes, name: str) -> tuple[list[Labelled], list[str]]:
    """The rows with a known subject, and the labels of the others."""
    taxonomy = mechanism.taxonomy()
    codes: dict[str, str] = {}
    rows, unknown = [], []
    for line in labelled_sheets.lines(open_sheet(data, name), labelled_sheets.TO_LEARN):
        if line.label not in codes:
            codes[line.label] = labelled_sheets.code_of(taxonomy, line.label)
        if codes[line.label]:
            rows.append(Labelled(f"{line.title} {line.text}".strip(), codes[line.label]))
        else:
            unknown.append(line.label)
    return rows, unknown


def relearn(*, at: datetime, rules: Suggesting | None = None) -> Model:
    """Everything there is to learn from, learned; the new model is the current one. Raises TooLittle."""
    rules = rules or rules_in_force()
    sheets = [(sheet, labelled(_store().get(sheet.sha256), sheet.name)[0]) for sheet in kept()]
    cases = settled(NOBODY, limit=rules.most_rows)
    rows, from_sheets = _together([rows for _sheet, rows in sheets], cases)
    sources = [{"sheet": sheet.name, "sha256": sheet.sha256, "rows": sheet.rows} for sheet, _rows in sheets]
    facts: dict[str, Any] = {
        "learned_at": at.isoformat(), "sheets": sources, "from_sheets": from_sheets, "from_cases": len(cases),
        "precision_wanted": str(rules.precision),
    }  # fmt: skip
    digest = hashlib.sha256(json.dumps([facts, len(rows)], sort_keys=True).encode()).hexdigest()
    habits = habits_of(went_to(cases), least=rules.bodies.least, share=float(rules.bodies.share))
    model = learn(rows, version=f"{at:%Y%m%d-%H%M%S}-{digest[:6]}", targets=_targets(rules), habits=habits, facts=facts)
    model_file.save(current.folder(), model)
    return model


def rules_in_force() -> Suggesting:
    """The `[suggestion]` table of the general loop."""
    return mechanism.definition_of(mechanism.loop()).suggestion


def _targets(rules: Suggesting) -> Targets:
    return Targets(float(rules.precision), rules.least_of_class, rules.least_rows, rules.least_decided)


def _together(sheets: Sequence[Sequence[Labelled]], cases: Sequence[Settled]) -> tuple[list[Labelled], int]:
    """Settled cases first: where a sheet's text became a case, what people decided in the end counts, once."""
    rows = [Labelled(case.text, case.category) for case in cases]
    seen = {_same(row.text) for row in rows}
    own = len(rows)
    for sheet in sheets:
        for row in sheet:
            if (same := _same(row.text)) not in seen:
                seen.add(same)
                rows.append(row)
    return rows, len(rows) - own


def _same(text: str) -> bytes:
    return hashlib.blake2b(plain(text).encode("utf-8", "replace"), digest_size=16).digest()


def _store() -> Store:
    return Store(current.folder() / "sheets")


def _write(sheets: Sequence[KeptSheet]) -> None:
    path = current.folder() / LIST
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = KeptSheet.__slots__
    fresh = path.with_suffix(".new")
    fresh.write_text(
        json.dumps([{name: getattr(one, name) for name in fields} for one in sheets], ensure_ascii=False, indent=1),
        encoding="utf-8",
    )
    fresh.replace(path)


__all__ = ["KeptSheet", "forget", "keep", "kept", "labelled", "relearn", "rules_in_force"]
