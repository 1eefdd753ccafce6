"""Maps drawn from the code: states, deed kinds, tables, rooms, roles. Never edited by hand; a test compares them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

from genmai.directory.access.roles import PERMISSIONS, ROLES
from genmai.directory.roster.flow import LETTER, TRANSFER
from genmai.interfaces.cli.installation import REPOSITORY
from genmai.kernel.flow import START, Flow, Transition
from genmai.processes.activities.flow import FLOW as TASK_FLOW
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.flow_emergency import EMERGENCY_FLOW
from genmai.processes.cases.round_flow import FLOW as ROUND
from genmai.processes.decisions import flow as meeting_flow
from genmai.processes.registers import flow as estate_flows
from genmai.processes.registers.flowing import flow as flowing_flows
from genmai.processes.registers.standards import flow as standard_flows
from genmai.records.deeds import kinds

HEAD = "<!-- Drawn by `./genmai maps`; never edited by hand. -->\n\n"


def maps() -> dict[str, str]:
    """File below docs/ → its text."""
    return {
        "states/case.md": states(FLOW),
        "states/emergency.md": states(EMERGENCY_FLOW),
        "states/task.md": states(TASK_FLOW),
        "states/round.md": states(ROUND),
        "states/clearing.md": states(estate_flows.CLEARING),
        "states/pre-review.md": states(estate_flows.REVIEW),
        "states/dossier.md": states(estate_flows.DOSSIER),
        "states/candidate.md": states(flowing_flows.CANDIDATE),
        "states/flowing.md": states(flowing_flows.RECORD),
        "states/mark.md": states(standard_flows.MARK),
        "states/unit.md": states(standard_flows.UNIT),
        "states/meeting.md": states(meeting_flow.FLOW),
        "states/transfer.md": states(TRANSFER),
        "states/letter.md": states(LETTER),
        "deeds.md": deeds(),
        "data-dictionary.md": dictionary(),
        "contracts.md": contracts(),
        "roles.md": roles(),
    }


def stale(folder: Path = REPOSITORY / "docs") -> list[str]:
    """Maps that no longer say what the code says."""
    return [name for name, text in maps().items() if not _same(folder / name, text)]


def write(folder: Path = REPOSITORY / "docs") -> list[str]:
    """Draw them all; returns the names of those that changed."""
    changed = stale(folder)
    for name in changed:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(maps()[name], encoding="utf-8")
    return changed


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def states(flow: Flow) -> str:
    """A transition table as a diagram and as a table."""
    lines = [f"# States of a {flow.name}\n", "```mermaid", flow.mermaid().rstrip(), "```\n"]
    lines += ["| verb | from | to | who | deed | notice |", "|---|---|---|---|---|---|"]
    lines += [_transition(flow, row) for row in flow.table]
    return HEAD + "\n".join(lines) + "\n"


def _transition(flow: Flow, row: Transition) -> str:
    sources = "、".join(flow.states.get(s, "—") if s != START else "（新）" for s in row.sources)
    target = "（不变）" if row.target is None else flow.states.get(row.target, "（回到原处）")
    return f"| {row.verb} | {sources} | {target} | `{row.who}` | `{row.deed}` | {f'`{row.notice}`' if row.notice else ''} |"


def deeds() -> str:
    """Every deed kind with its words and the payload it may carry."""
    lines = ["# Deed kinds\n", "| kind | words | payload |", "|---|---|---|"]
    for kind in sorted(kinds.registered().values(), key=lambda k: k.name):
        fields = "、".join(f"`{name}`" for name in kind.payload_class.model_fields)
        lines.append(f"| `{kind.name}` | {kind.title} | {fields} |")
    return HEAD + "\n".join(lines) + "\n"


def dictionary() -> str:
    """Every table of ours: what it is, its columns, what the database promises."""
    parts = ["# Data dictionary\n"]
    for model in sorted(apps.get_models(), key=lambda m: m._meta.label):
        if model.__module__.startswith("genmai."):
            parts.extend(_table(model))
    return HEAD + "\n".join(parts) + "\n"


def _table(model: type[models.Model]) -> Iterator[str]:
    doc = " ".join((model.__doc__ or "").split())
    yield f"## {model._meta.label} · `{model._meta.db_table}`\n"
    if doc and not doc.startswith(f"{model.__name__}("):
        yield doc + "\n"
    yield "| column | type | empty | refers to |"
    yield "|---|---|---|---|"
    for field in model._meta.concrete_fields:
        target = f"`{field.related_model._meta.label}`" if field.is_relation and field.related_model else ""
        size = f"({field.max_length})" if getattr(field, "max_length", None) else ""
        yield f"| {field.column} | {field.get_internal_type()}{size} | {'yes' if field.null else ''} | {target} |"
    promises = [f"`{c.name}`" for c in model._meta.constraints]
    yield f"\nPromises: {', '.join(promises)}\n" if promises else ""


def contracts() -> str:
    """Which room may know which, as the checker reads it."""
    rules = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    lines = [
        "# Contracts between rooms\n",
        "Upper rooms know lower rooms, never the reverse. Checked by `./genmai check layers`.\n",
    ]
    for rule in rules:
        lines.append(f"## {rule['name']}\n")
        lines += [
            f"{number}. `{layer}`" for number, layer in enumerate(rule.get("layers", rule.get("modules", [])), start=1)
        ]
        lines.append("")
    return HEAD + "\n".join(lines) + "\n"


def roles() -> str:
    """Who may do what: one column a role."""
    names = list(ROLES)
    lines = ["# Roles and permissions\n", "| permission | " + " | ".join(ROLES[n].title for n in names) + " |"]
    lines.append("|---" * (len(names) + 1) + "|")
    for permission, words in PERMISSIONS.items():
        marks = " | ".join("●" if permission in ROLES[n].permissions else "" for n in names)
        lines.append(f"| {words} `{permission}` | {marks} |")
    return HEAD + "\n".join(lines) + "\n"
