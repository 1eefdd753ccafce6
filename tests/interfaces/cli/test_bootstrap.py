"""`./genmai` sets up once, again when the locks change, and after having been killed in the middle."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.architecture.code import ROOT

# Stands in for uv: notes that it was called, installs nothing; dies like a kill -9 when told to.
FAKE_UV = """#!/bin/sh
echo "$@" >> "{log}"
[ -e "{fatal}" ] && [ "$1" = pip ] && kill -9 $PPID
exit 0
"""


class Checkout:
    """A checkout with empty locks and a command line that says what it was given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log, self.fatal = folder / "uv.log", folder / "fatal"
        command_line = folder / "src" / "genmai" / "interfaces" / "cli"
        command_line.mkdir(parents=True)
        for package in (command_line, command_line.parent, command_line.parent.parent):
            (package / "__init__.py").touch()
        (command_line / "__main__.py").write_text("import sys; print('given', sys.argv[1:])")
        (folder / "requirements").mkdir()
        for name in ("core", "dev", "uv"):
            (folder / "requirements" / f"{name}.lock").write_text(f"# {name}\n")
        shutil.copy(ROOT / "genmai", folder / "genmai")
        (folder / "bin").mkdir()
        uv = folder / "bin" / "uv"
        uv.write_text(FAKE_UV.format(log=self.log, fatal=self.fatal))
        uv.chmod(uv.stat().st_mode | stat.S_IXUSR)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        command = [sys.executable, str(self.folder / "genmai"), *arguments]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    def installs(self) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line.rpartition("/")[2] for line in lines if line.startswith("pip install")]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment made once and copied: making one takes seconds."""
    folder = tmp_path_factory.mktemp("made")
    subprocess.run([getattr(sys, "_base_executable", sys.executable), "-m", "venv", folder / ".venv"], check=True)
    return folder / ".venv"


@pytest.fixture
def checkout(tmp_path: Path, environment: Path) -> Checkout:
    made = Checkout(tmp_path / "check out")
    shutil.copytree(environment, made.folder / ".venv", symlinks=True)
    return made


def test_installs_once_hands_on_every_argument_and_is_then_silent(checkout: Checkout) -> None:
    first = checkout.run("cases", "import", "a b.xlsx", "--dry-run")
    assert "given ['cases', 'import', 'a b.xlsx', '--dry-run']" in first.stdout
    second = checkout.run("up", "--help")
    assert second.stdout == "given ['up', '--help']\n"
    assert checkout.installs() == ["core.lock"]
    assert "--require-hashes" in checkout.log.read_text()


def test_developing_needs_the_larger_lock_which_serves_for_all(checkout: Checkout) -> None:
    checkout.run("test")
    checkout.run("up")
    assert checkout.installs() == ["dev.lock"]


def test_a_changed_lock_is_installed(checkout: Checkout) -> None:
    checkout.run("up")
    (checkout.folder / "requirements" / "core.lock").write_text("# newer\n")
    checkout.run("up")
    assert checkout.installs() == ["core.lock", "core.lock"]


def test_killed_in_the_middle_of_installing_the_environment_is_made_again(checkout: Checkout) -> None:
    mark = checkout.folder / ".venv" / "left-by-the-first"
    mark.touch()
    checkout.fatal.touch()
    assert checkout.run("up").returncode == -9
    checkout.fatal.unlink()
    second = checkout.run("up")
    assert "given ['up']" in second.stdout
    assert not mark.exists()


def test_a_broken_environment_is_made_again(checkout: Checkout) -> None:
    (checkout.folder / ".venv" / "bin" / "python").unlink()
    assert "given ['up']" in checkout.run("up").stdout


def test_two_at_once_install_once(checkout: Checkout) -> None:
    env = {**os.environ, "PATH": f"{checkout.folder / 'bin'}:{os.environ['PATH']}"}
    command = [sys.executable, str(checkout.folder / "genmai"), "up"]
    both = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate()[0] for process in both]
    assert all("given ['up']" in output for output in outputs)
    assert checkout.installs() == ["core.lock"]


# -- what cannot be tried on this machine, by parts --------------------------------------------------------------------


@pytest.fixture
def bootstrap() -> ModuleType:
    loader = SourceFileLoader("bootstrap", str(ROOT / "genmai"))
    spec = spec_from_loader("bootstrap", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_an_old_python_is_told_which_ones_will_do(
    bootstrap: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit):
        bootstrap._choose_python()
    assert "Python 3.11、3.12 或 3.13；现在是 3.9" in capsys.readouterr().err


def test_a_python_without_venv_is_told_what_to_install(
    bootstrap: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda *args, **kwargs: 1)
    with pytest.raises(SystemExit):
        bootstrap._make_environment()
    assert "apt install python3." in capsys.readouterr().err


def test_old_pythons_can_read_the_script_as_far_as_its_message() -> None:
    """No syntax newer than 3.6: the message must come instead of a SyntaxError."""
    import ast

    ast.parse((ROOT / "genmai").read_text(), feature_version=(3, 6))
