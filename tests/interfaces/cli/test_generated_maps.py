"""The maps in docs/ say what the code says."""

from __future__ import annotations

import os
import subprocess

from genmai.interfaces.cli import generated_maps
from genmai.interfaces.cli.installation import REPOSITORY
from genmai.interfaces.cli.supervisor import genmai_command
from genmai.processes.cases.flow import FLOW


def test_no_map_is_stale() -> None:
    """In a process of its own: other tests register deed kinds for themselves."""
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    checked = subprocess.run(
        genmai_command("maps", "--check"), capture_output=True, text=True, check=False, env=env, cwd=REPOSITORY
    )
    assert checked.returncode == 0, checked.stdout + "run ./genmai maps"


def test_every_state_and_verb_of_the_case_stands_on_its_map() -> None:
    text = generated_maps.states(FLOW)
    assert all(words in text for words in FLOW.states.values())
    assert all(f"| {row.verb} |" in text for row in FLOW.table)


def test_a_changed_map_is_noticed(tmp_path) -> None:  # type: ignore[no-untyped-def]
    generated_maps.write(tmp_path)
    assert generated_maps.stale(tmp_path) == []
    (tmp_path / "deeds.md").write_text("edited by hand")
    assert generated_maps.stale(tmp_path) == ["deeds.md"]
