"""State machines as one table: from, verb, to, who, deed, notice.

One row says everything about a transition, so a test can check the table for completeness and the documentation is
drawn from it (`docs/states/`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from genmai.kernel.refusal import Refused

START = ""  # the state before there is one


@dataclass(frozen=True, slots=True)
class Transition:
    """`verb` leads from any of `sources` to `target`; None keeps the state, `PRIOR` restores a remembered one."""

    verb: str
    sources: tuple[str, ...]
    target: str | None
    who: str  # permission asked of the actor
    deed: str  # kind of deed written
    notice: str = ""  # kind of notice sent, if any


PRIOR = "*prior*"


class Flow:
    """A checked transition table. Raises ValueError when built wrong, `Refused` when a step is not allowed."""

    def __init__(self, name: str, states: Mapping[str, str], final: Iterable[str], table: Iterable[Transition]) -> None:
        self.name = name
        self.states = dict(states)  # state → the words people read
        self.final = frozenset(final)
        self.table = tuple(table)
        self._by_verb = {row.verb: row for row in self.table}
        self._check()

    def _check(self) -> None:
        if len(self._by_verb) != len(self.table):
            raise ValueError(f"{self.name}: a verb stands twice; join its sources in one row")
        named = {START, *self.states}
        for row in self.table:
            unknown = [s for s in row.sources if s not in named]
            if unknown or (row.target not in named and row.target not in (None, PRIOR)):
                raise ValueError(f"{self.name}: '{row.verb}' names an unknown state {unknown or row.target}")
        lost = set(self.states) - self.reachable()
        if lost:
            raise ValueError(f"{self.name}: no way leads to {sorted(lost)}")

    def reachable(self) -> set[str]:
        """States that some path from the start reaches."""
        seen = {START}
        while True:
            more = {
                row.target for row in self.table if row.target not in (None, PRIOR) and seen & set(row.sources)
            } - seen
            if not more:
                return seen - {START}
            seen |= {state for state in more if state is not None}

    def row(self, verb: str) -> Transition:
        return self._by_verb[verb]

    def allows(self, state: str, verb: str) -> bool:
        return state in self._by_verb[verb].sources

    def verbs(self, state: str) -> tuple[str, ...]:
        """What can be done from here, in table order."""
        return tuple(row.verb for row in self.table if state in row.sources)

    def step(self, state: str, verb: str, *, prior: str = "") -> str:
        """The state after `verb`. Raises Refused('wrong_state') saying where the matter stands now."""
        row = self._by_verb[verb]
        if state not in row.sources:
            raise Refused(
                "wrong_state",
                "现在是“{state}”，不能这样办",
                allowed="、".join(self.states.get(s, "未登记") for s in row.sources),
                state=self.states.get(state, "未登记"),
            )
        if row.target is None:
            return state
        return prior if row.target == PRIOR else row.target

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram for docs/states/."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {state}: {words} ({state})" for state, words in self.states.items()]
        for row in self.table:
            for source in row.sources:
                target = source if row.target is None else "received" if row.target == PRIOR else row.target
                if row.target == PRIOR:
                    lines.append(f"    {source} --> {target}: {row.verb} (back to where it was)")
                elif target != source or source == START:
                    lines.append(f"    {source or '[*]'} --> {target}: {row.verb}")
        lines += [f"    {state} --> [*]" for state in sorted(self.final)]
        return "\n".join(lines) + "\n"
