"""`./genmai bench [first-page|pages|intake …]`: run, print, rewrite docs/benchmarks.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import burst, city, first_page, intake, linkage, pages, registry, repeats, suggestion, table, walls
from benchmarks.installation import Standing, Up, folder, running


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="genmai bench", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="section", help=f"of {', '.join(table.SECTIONS)} (default: all)")
    parser.add_argument("--pairs", type=int, default=3, help="phases of intake on either side (default 3)")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of a phase (default 8)")
    parser.add_argument("--cases", type=int, default=pages.CASES, help="cases for the pages (default 20000)")
    parser.add_argument("--rounds", type=int, default=pages.ROUNDS, help="requests a page and viewer (default 60)")
    parser.add_argument("--minutes", type=float, default=burst.MINUTES, help="of either part of the burst (default 10)")
    parser.add_argument("--members", type=int, default=registry.ROWS, help="rows of the registry (default 561000)")
    parser.add_argument("--shared", action="store_true", help="with registry: also as spreadsheets save it themselves")
    parser.add_argument("--data", type=Path, help="for city and walls: a folder that holds a whole city already")
    parser.add_argument("--port", type=int, help="with --data: where its site runs already")
    given = parser.parse_args(arguments)
    wanted = set(given.only or table.SECTIONS)
    if wanted - set(table.SECTIONS):
        parser.error(f"no such section; there are {', '.join(table.SECTIONS)}")
    if "first-page" in wanted:
        _show("first-page", table.of_first_page(first_page.run(), _note()))
    if wanted & {"pages", "intake"}:
        _on_the_demo(given, wanted)
    if "scale" in wanted:
        with folder() as place, running(place / "data") as up:
            many = pages.run(up, cases=pages.MANY_CASES, rounds=given.rounds)
            _show("scale", table.of_pages(many, _note(), "scale"))
    if "burst" in wanted:
        with folder() as place, running(place / "data") as up:
            result = burst.run(up, minutes=given.minutes)
            said = table.of_burst(result, _note())
            if result.whole:
                _show("burst", said)
            else:  # a trial: printed, not kept
                print(said, flush=True)  # noqa: T201
    if "city" in wanted:
        with _city(given) as up:
            _show("city", table.of_city(city.run(up, rounds=given.rounds), _note()))
    if "registry" in wanted:
        _show("registry", table.of_registry(registry.run(given.members, shared=given.shared), _note()))
    if "repeats" in wanted:
        with folder() as place, running(place / "data") as up:
            _show("repeats", table.of_repeats(repeats.run(up), _note()))
    if "walls" in wanted:
        _walls(given)
    if "linkage" in wanted:
        _show("linkage", linkage.told(linkage.run(), _note()))
    if "suggestion" in wanted:
        result = suggestion.run()
        if result is None:
            print(f"NOT RUN: suggestion, {suggestion.SHARED} is not here", file=sys.stderr)  # noqa: T201
        else:
            _show("suggestion", table.of_suggestion(result, _note()))
    return 0


def _on_the_demo(given: argparse.Namespace, wanted: set[str]) -> None:
    """Pages first: what intake writes would stand in their lists."""
    with folder() as place, running(place / "data") as up:
        if "pages" in wanted:
            _show("pages", table.of_pages(pages.run(up, cases=given.cases, rounds=given.rounds), _note()))
        if "intake" in wanted:
            _show("intake", table.of_intake(intake.run(up, pairs=given.pairs, seconds=given.seconds), _note()))


def _walls(given: argparse.Namespace) -> None:
    """Matters on the demo, members in a city; the figures of the one are kept only beside those of the other."""
    rounds = min(given.rounds, walls.ROUNDS)
    with _city(given) as up:
        members = walls.of_members(up, rounds=rounds)
    with folder() as place, running(place / "data") as demo:
        cases = walls.of_cases(demo, cases=max(given.cases, walls.CASES), rounds=rounds)
    _show("walls", table.of_walls((cases, members), _note()))


@contextmanager
def _city(given: argparse.Namespace) -> Iterator[Up | Standing]:
    """The city of `--data`, its site started unless `--port` says where it runs; else one brought up for this."""
    if given.data and given.port:
        yield Standing(given.data, given.port)
    elif given.data:
        with running(given.data.resolve(), "--city", "ningbo", limit=city.LIMIT) as up:
            yield up
    else:
        with folder() as place, running(place / "data", "--city", "ningbo", limit=city.LIMIT) as up:
            yield up


def _note() -> str:
    return table.measured(first_page.load(), datetime.now(UTC).date())


def _show(section: str, body: str) -> None:
    print(body + "\n", flush=True)  # noqa: T201
    table.rewrite(section, body)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
