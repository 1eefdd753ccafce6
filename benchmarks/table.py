"""The document: one section a benchmark, rewritten when that benchmark has run, the others left as they were."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks import first_page, intake, pages
from benchmarks.installation import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"
_HEAD = """# Figures

Printed and rewritten by `./genmai bench` (one section: `./genmai bench first-page`, `pages`, `intake`). Ratios are taken
side by side in one run and bear comparison; seconds and milliseconds belong to the machine and its load of that hour.
"""
SECTIONS = ("first-page", "intake", "pages")


def rewrite(section: str, body: str, document: Path = DOCUMENT) -> None:
    """Put one section's text in its place."""
    text = document.read_text(encoding="utf-8") if document.exists() else _HEAD
    kept = {name: _section(text, name) for name in SECTIONS} | {section: body.strip()}
    parts = [_HEAD.strip(), *(f"<!-- {name} -->\n{kept[name]}\n<!-- /{name} -->" for name in SECTIONS if kept[name])]
    document.parent.mkdir(exist_ok=True)
    document.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _section(text: str, name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", text, re.S)
    return found.group(1) if found else ""


def rows(head: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    table = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in table)


def measured(load: str, on: date) -> str:
    return f"Measured on {on:%Y-%m-%d}; load {load}."


def of_first_page(result: first_page.Result, note: str) -> str:
    lines = [
        ["fresh clone, empty caches, empty data folder", f"{result.fresh:.1f}", "≤ 60"],
        ["… of it making the environment (venv, packages)", f"{result.environment:.0f}", ""],
        ["environment there, empty data folder", f"{result.empty_data:.1f}", ""],
        ["second start", f"{result.second:.1f}", "seconds"],
    ]
    head = ["from `./genmai up` to the first page", "seconds", "wanted"]
    return f"## First page\n\n{rows(head, lines)}\n\n`./genmai bench first-page`. {note}"


def of_intake(result: intake.Result, note: str) -> str:
    http, plain = (", ".join(f"{rate:.0f}" for rate in rates) for rates in (result.http, result.plain))
    lines = [
        ["HTTP: public report page, two processes of four threads", http],
        ["the same rows in plain SQL, one transaction a case", plain],
        ["**HTTP ÷ plain SQL** (median of neighbouring phases; wanted ≥ 0.125, aim 0.333)", f"**{result.ratio:.3f}**"],
    ]
    written = ", ".join(f"{n} in `{table}`" for table, n in result.rows.items())
    said = (
        f"`./genmai bench intake`: phases alternate A B A B, {intake.CONNECTIONS} connections on either side, load from "
        "processes of its own. Every post carries its own form key and the token; counted when the redirect to the page "
        "of thanks has come, and after each phase the cases in the database equal the acknowledged ones. The rows of "
        f"{intake.SAMPLES} real reports were captured by transaction number in every table ({written}); the plain side "
        f"writes the same, and {result.values} column values were compared: identifiers by where they recur, digests by "
        "length, all others exactly. Same tables, indexes, triggers, role, "
        f"`synchronous_commit = {result.synchronous_commit}`. {note}"
    )
    head = ["cases a second, each phase", "figure"]
    return f"## Taking matters in\n\n{rows(head, lines)}\n\n{said}"


def of_pages(cases: int, figures: Sequence[pages.Figure], note: str) -> str:
    head = ["page", "who sees", "p50 ms", "p95 ms", "queries", "KB page", "KB first visit, all files"]
    lines = [
        [
            f.page + ("" if f.status == 200 else f" ({f.status})"),
            f.viewer,
            f"{f.p50:.0f}",
            f"{f.p95:.0f}",
            f.queries,
            f"{f.page_bytes / 1000:.1f}",
            f"{f.first_visit_bytes / 1000:.1f}",
        ]
        for f in figures
    ]
    said = (
        f"`./genmai bench pages`: {cases:,} cases (the demo's, made by commands, multiplied row by row with fresh "
        "identifiers; every row of the last copy compared with its original), one request at a time over loopback through "
        "the site as `up` runs it, compressed as travelled. Wanted: p95 ≤ 100 ms, ≤ 150 KB. " + note
    )
    return f"## Pages at twenty thousand cases\n\n{rows(head, lines)}\n\n{said}"
