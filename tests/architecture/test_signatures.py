"""Commands say who, when and under which key; queries say for whom. Nothing below the edge reads clock or chance."""

from __future__ import annotations

import ast

from tests.architecture.code import Source, below_interfaces

# Writes that are no command of a person: why.
NOT_COMMANDS = {
    "records/seals/commands.py:seal": "a job; what is sealed is not sealed again, so it needs no key",
    "records/deeds/commands.py:advance": "bookkeeping of a walker, names its consumer",
    "records/notices/commands.py:send": "part of the sender's command, whose actor stands in its deed",
    "records/notices/commands.py:claim": "the outbox loop, no person acts",
    "records/notices/commands.py:tried": "the outbox loop, no person acts",
    "records/notices/commands.py:delivered": "the outbox loop, no person acts",
    "processes/cases/commands/asking.py:deciding": "the course that several commands share, under their verb",
    "processes/cases/commands/asking.py:refuse": "the course that several commands share, under their verb",
}
# Readers without a viewer: why.
NOT_QUERIES = {
    "directory/access/queries.py:viewer_for": "makes the viewer",
    "directory/access/queries.py:standing_in": "makes the viewer of a stand-in",
    "directory/access/queries.py:locked_until": "asked at sign-in, before there is a viewer",
    "processes/cases/queries/extras.py:standing": "the same for everybody; asked by every page, also before there is a viewer",
    "processes/cases/queries/extras.py:paused": "the same for everybody; asked by every page",
    "processes/cases/queries/lists.py:late_ids": "a subquery; the query it stands in is the viewer's",
}


def _annotation(argument: ast.arg) -> str:
    return ast.unparse(argument.annotation) if argument.annotation else ""


def _writes(function: ast.FunctionDef) -> bool:
    """Pure helpers may stand beside commands: they return a value made of their arguments and touch no table."""
    words = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    return bool(words & {"save", "create", "bulk_create", "get_or_create", "update_or_create", "delete", "finish"})


def _wrong_commands(source: Source) -> list[str]:
    wrong = []
    for function in source.public_functions():
        name = f"{source.name}:{function.name}"
        positional = [*function.args.posonlyargs, *function.args.args]
        # What takes the running step (or is handed the locked row) is a part of a command, not one.
        is_part = bool(positional) and _annotation(positional[0]) in {"Step", "Case", "Writing"}
        keywords = {argument.arg for argument in function.args.kwonlyargs}
        acts = "actor" in keywords | {argument.arg for argument in positional}
        if name in NOT_COMMANDS or is_part:
            continue
        # A batch (`limit`) has as many keys as rows: each follows from its row, so that running twice is like once.
        wanted = {"actor", "at"} if "limit" in keywords else {"actor", "at", "key"}
        if (acts or _writes(function)) and (positional or not wanted <= keywords):
            wrong.append(name)
    return wrong


def test_commands_are_keyword_only_with_actor_at_and_key() -> None:
    wrong = [name for source in below_interfaces() if source.is_in("commands") for name in _wrong_commands(source)]
    assert not wrong, "commands take (*, actor, at, key, …) by keyword only"


def _readers(source: Source) -> set[str]:
    """Functions that reach the database, directly or through others of their file."""
    calls: dict[str, set[str]] = {}
    reaching: set[str] = set()
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef):
            called = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
            names = {part.id for part in called if isinstance(part, ast.Name)}
            attributes = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
            calls[node.name] = names
            if attributes & {"objects", "cursor", "raw"}:
                reaching.add(node.name)
    while grown := {name for name, used in calls.items() if used & reaching} - reaching:
        reaching |= grown
    return reaching


def test_queries_take_the_viewer_first() -> None:
    wrong = []
    for source in below_interfaces():
        if source.is_in("queries"):
            readers = _readers(source)
            for function in source.public_functions():
                first = [*function.args.posonlyargs, *function.args.args][:1]
                if function.name in readers and [argument.arg for argument in first] != ["viewer"]:
                    wrong.append(f"{source.name}:{function.name}")
    wrong = [name for name in wrong if name not in NOT_QUERIES]
    assert not wrong, "a query that reads the database begins with `viewer`"


# -- clock and chance --------------------------------------------------------------------------------------------------

_CALLS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "timezone.localdate",
    "timezone.localtime", "time.time", "time.time_ns", "uuid4", "uuid1", "uuid.uuid4", "uuid.uuid1", "os.urandom",
}  # fmt: skip
_MODULES = {"random", "secrets"}
_SQL = ("now()", "current_timestamp", "clock_timestamp", "gen_random_uuid", "random()", "uuidv7()", "uuidv4()")
# Where the clock or chance is read below the edge all the same: why.
CLOCK_READERS = {
    "directory/roster/commands/people.py": "a person's key must not follow from anything, or it could be made again "
    "after its destruction: it comes from the database's strong source",
}


def _clock_reads(source: Source) -> list[str]:
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            text = ast.unparse(node)
            tail = ".".join(text.split(".")[-2:])
            if text in _CALLS or tail in _CALLS:
                found.append(f"{source.name}:{node.lineno} {text}")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            if set(names) & _MODULES and source.room != "simulation":
                found.append(f"{source.name}:{node.lineno} import {', '.join(names)}")
        elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            found.append(f"{source.name}:{node.value.lineno} {node.arg}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [f"{source.name}:{node.lineno} SQL {word}" for word in _SQL if word in node.value.lower()]
    return found


def test_nothing_below_the_edge_reads_the_clock_or_draws_lots() -> None:
    found = [read for source in below_interfaces() if source.name not in CLOCK_READERS for read in _clock_reads(source)]
    assert not found, "time, ids and seeds are handed in by interfaces"


def test_exceptions_are_still_needed() -> None:
    read = {source.name for source in below_interfaces() if _clock_reads(source)}
    assert set(CLOCK_READERS) <= read


def test_the_simulation_draws_only_from_its_seed() -> None:
    """`random.Random(seed)` is a sequence; the module's own functions are chance."""
    found = []
    for source in below_interfaces():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                unseeded = called in {"Random", "random.Random"} and not node.args and not node.keywords
                if unseeded or (called.startswith("random.") and called != "random.Random"):
                    found.append(f"{source.name}:{node.lineno} {called}")
    assert not found
