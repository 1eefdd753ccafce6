"""Reads the `mechanisms/` folder into a `Library`. Every problem of every mechanism is found before any is told.

The caller hands in which section name is typed by which model: `mechanisms` knows no process.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from genmai.mechanisms.duties import DutyList, read_bodies, read_duties
from genmai.mechanisms.examples import read_examples
from genmai.mechanisms.library import Library, Mechanism
from genmai.mechanisms.merge import merge
from genmai.mechanisms.problems import Problem, Problems, from_validation, line_of, shown
from genmai.mechanisms.schema import MechanismInfo, Section
from genmai.mechanisms.tables import read_rows
from genmai.mechanisms.taxonomy import Taxonomy, read_taxonomy

HEAD = "mechanism"
RELEASED = "released"  # mechanisms/released/<place>/<key>@<version>: kept as released, for those who pin it
ALLOWED_FILES = re.compile(r"^(mechanism|[a-z_]+)\.toml$|^[a-z0-9-]+\.csv$|^README\.md$")
Registry = Mapping[str, type[Section]]


@dataclass
class Draft:
    """A folder while it is read: raw tables, texts for line numbers, what is already typed."""

    folder: Path
    label: str  # shown in problems, relative to the mechanisms folder
    expected_ref: str  # key, or key@version for a released copy
    raw: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)  # section → (file shown, text)
    info: MechanismInfo | None = None
    problems: list[Problem] = field(default_factory=list)


def load(root: Path, registry: Registry) -> Library:
    """All mechanisms below `root`. Raises Problems with everything that is wrong."""
    library, problems = load_with_problems(root, registry)
    if problems:
        raise Problems(problems)
    return library


def load_with_problems(root: Path, registry: Registry) -> tuple[Library, list[Problem]]:
    """What could be loaded, and what is wrong with the rest."""
    current = [_read(folder, root, registry, ref) for folder, ref in _folders(root)]
    released = [_read(folder, root, registry, ref) for folder, ref in _released_folders(root)]
    house = Assembly([*released, *current], registry)
    made_released = [m for draft in released if (m := house.build(draft)) is not None]
    made = [m for draft in current if (m := house.build(draft)) is not None]
    problems = [problem for draft in [*released, *current] for problem in draft.problems]
    return Library(made, made_released), sorted(set(problems))


def _folders(root: Path) -> Iterator[tuple[Path, str]]:
    for folder in sorted(path for path in root.glob("*/*") if path.is_dir()):
        if folder.parent.name != RELEASED and not folder.name.startswith("."):
            yield folder, f"{folder.parent.name}/{folder.name}"


def _released_folders(root: Path) -> Iterator[tuple[Path, str]]:
    for folder in sorted(path for path in (root / RELEASED).glob("*/*@*") if path.is_dir()):
        yield folder, f"{folder.parent.name}/{folder.name}"


def _read(folder: Path, root: Path, registry: Registry, ref: str) -> Draft:
    draft = Draft(folder, folder.relative_to(root).as_posix(), ref)
    for path in sorted(folder.iterdir()):
        if path.is_file() and not ALLOWED_FILES.match(path.name):
            allowed = "mechanism.toml, <section>.toml, <name>.csv, README.md or examples/*.yaml"
            draft.problems.append(
                Problem(f"{draft.label}/{path.name}", 0, "", "", f"not a file of a mechanism: {allowed}")
            )
        elif path.suffix == ".toml":
            _read_toml(draft, path, registry)
    if HEAD not in draft.raw:
        if not draft.problems:
            draft.problems.append(Problem(f"{draft.label}/mechanism.toml", 0, "", "", "this file is required"))
        return draft
    draft.info = _parse(draft, HEAD, MechanismInfo, draft.raw[HEAD])
    if draft.info is not None:
        _check_place(draft, draft.info)
    return draft


def _read_toml(draft: Draft, path: Path, registry: Registry) -> None:
    file = f"{draft.label}/{path.name}"
    if path.stem != HEAD and path.stem not in registry:
        allowed = f"sections are: {', '.join(sorted(registry))}"
        draft.problems.append(Problem(file, 0, "", "", allowed))
        return
    try:
        text = path.read_text(encoding="utf-8")
        draft.raw[path.stem] = tomllib.loads(text, parse_float=Decimal)
        draft.texts[path.stem] = (file, text)
    except UnicodeDecodeError:
        draft.problems.append(Problem(file, 0, "", "", "must be UTF-8"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        draft.problems.append(Problem(file, int(line.group(1)) if line else 0, "", "", f"is not TOML: {error}"))


def _parse(draft: Draft, name: str, model: type[Any], raw: Mapping[str, Any]) -> Any:
    file, text = draft.texts[name]
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        draft.problems.extend(from_validation(error, file, text))
        return None


def _check_place(draft: Draft, info: MechanismInfo) -> None:
    found = info.ref if "@" in draft.expected_ref else info.key
    if found != draft.expected_ref:
        file, text = draft.texts[HEAD]
        allowed = f"the folder's own name: {draft.expected_ref}"
        draft.problems.append(Problem(file, line_of(text, ["key"]), "key", shown(found), allowed))


class Assembly:
    """Builds mechanisms out of drafts, parents first, each once."""

    def __init__(self, drafts: list[Draft], registry: Registry) -> None:
        self.registry = registry
        self.by_ref = {draft.info.ref: draft for draft in drafts if draft.info is not None}
        self.built: dict[str, Mechanism | None] = {}
        self.raw: dict[str, dict[str, dict[str, Any]]] = {}

    def build(self, draft: Draft, below: tuple[str, ...] = ()) -> Mechanism | None:
        """The mechanism of a draft with what it inherits; None when it (or a parent) can't be built."""
        if draft.info is None:
            return None
        if self.by_ref[draft.info.ref] is not draft:  # a released copy of the current version: the current one stands
            return None
        ref = draft.info.ref
        if ref not in self.built:
            self.built[ref] = None
            self.built[ref] = self._build(draft, draft.info, (*below, ref))
        return self.built[ref]

    def _build(self, draft: Draft, info: MechanismInfo, below: tuple[str, ...]) -> Mechanism | None:
        parent: Mechanism | None = None
        if info.extends is not None:
            parent = self._parent(draft, info.extends, below)
            if parent is None:
                return None
        raw = self._merged(draft, parent)
        self.raw[info.ref] = raw
        if parent is not None:
            info = info.model_copy(update={"roles": {**parent.info.roles, **info.roles}})
        before = len(draft.problems)
        mechanism = self._typed(draft, info, raw, parent)
        _check_sections(draft, mechanism)
        return mechanism if len(draft.problems) == before else None

    def _parent(self, draft: Draft, ref: str, below: tuple[str, ...]) -> Mechanism | None:
        file, text = draft.texts[HEAD]
        line = line_of(text, ["extends"])
        if ref in below:
            draft.problems.append(Problem(file, line, "extends", shown(ref), f"a circle: {' → '.join((*below, ref))}"))
            return None
        if ref not in self.by_ref:
            allowed = f"a mechanism there is: {', '.join(sorted(self.by_ref))}"
            draft.problems.append(Problem(file, line, "extends", shown(ref), allowed))
            return None
        parent = self.build(self.by_ref[ref], below)
        if parent is None and ref not in below:
            draft.problems.append(Problem(file, line, "extends", shown(ref), "that mechanism has problems of its own"))
        return parent

    def _merged(self, draft: Draft, parent: Mechanism | None) -> dict[str, dict[str, Any]]:
        inherited = self.raw[parent.ref] if parent is not None else {}
        raw = dict(inherited)
        for name, own in draft.raw.items():
            if name == HEAD:
                continue
            try:
                raw[name] = merge(inherited.get(name, {}), own)
            except KeyError as missing:
                file, text = draft.texts[name]
                allowed = "only what is inherited can be dropped"
                draft.problems.append(Problem(file, line_of(text, ["drop"]), "drop", shown(missing.args[0]), allowed))
        if parent is not None:
            for name in raw:
                draft.texts.setdefault(name, self._text_of(parent.ref, name))
        return raw

    def _text_of(self, ref: str, name: str) -> tuple[str, str]:
        return self.by_ref[ref].texts.get(name, ("", ""))

    def _typed(
        self, draft: Draft, info: MechanismInfo, raw: Mapping[str, Mapping[str, Any]], parent: Mechanism | None
    ) -> Mechanism:
        sections: dict[str, Section] = {}
        for name, table in raw.items():
            typed = _parse(draft, name, self.registry[name], table)
            if typed is not None:
                sections[name] = typed
        files = {**(parent.files if parent else {}), **{path.name: path for path in draft.folder.glob("*.csv")}}
        own = {name for name, path in files.items() if path.parent == draft.folder}
        tables = {name: parent.tables[name] for name in files if parent is not None and name not in own}
        for name in sorted(own):
            tables[name] = read_rows(files[name], f"{draft.label}/{name}", draft.problems)
        taxonomy = _taxonomy(draft, tables, own, parent)
        return Mechanism(
            info=info,
            folder=draft.folder,
            sections=sections,
            files=files,
            tables=tables,
            taxonomy=taxonomy,
            duties=_duties(draft, tables, own, parent, taxonomy),
            lineage=(info.ref, *(parent.lineage if parent else ())),
            examples=read_examples(draft.folder, draft.label, draft.problems),
        )


Tables = Mapping[str, tuple[Mapping[str, str], ...]]


def _taxonomy(draft: Draft, tables: Tables, own: set[str], parent: Mechanism | None) -> Taxonomy:
    if parent is not None and "taxonomy.csv" not in own:
        return parent.taxonomy
    return read_taxonomy(tables.get("taxonomy.csv", ()), f"{draft.label}/taxonomy.csv", draft.problems)


def _duties(draft: Draft, tables: Tables, own: set[str], parent: Mechanism | None, taxonomy: Taxonomy) -> DutyList:
    if parent is not None and not own & {"taxonomy.csv", "bodies.csv", "duties.csv"}:
        return parent.duties
    bodies = read_bodies(tables.get("bodies.csv", ()), f"{draft.label}/bodies.csv", draft.problems)
    return read_duties(tables.get("duties.csv", ()), bodies, taxonomy, f"{draft.label}/duties.csv", draft.problems)


def _check_sections(draft: Draft, mechanism: Mechanism) -> None:
    for name, section in mechanism.sections.items():
        file, text = draft.texts[name]
        for fault in section.check(mechanism):
            line = line_of(text, re.split(r"[.\[]", fault.key))
            draft.problems.append(Problem(file, line, fault.key, shown(fault.value), fault.allowed))
