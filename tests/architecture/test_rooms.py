"""Upper rooms know lower rooms, never the reverse: in imports, and in foreign keys, which imports cannot see."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field, Model
from tests.architecture.code import ABOVE, PACKAGE, ROOMS, ROOT

DIRECTORY = ("territory", "roster", "access")


def test_imports_keep_to_the_contracts() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    answer = subprocess.run([program, "--no-logo", "--no-cache"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_folder_is_a_known_room() -> None:
    """Otherwise the contract would pass over it in silence."""
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= {*ROOMS, *ABOVE, "locale"}


def _rank(model: type[Model]) -> tuple[int, int]:
    parts = model.__module__.split(".")
    if parts[0] != "genmai":
        return (-1, 0)  # Django's own lie below everything
    inner = DIRECTORY.index(parts[2]) if parts[1] == "directory" else 0
    return (ROOMS.index(parts[1]), inner)


def _relations() -> list[tuple[str, type[Model], type[Model]]]:
    found = []
    for model in apps.get_models():
        if model.__module__.startswith("genmai."):
            fields = [field for field in model._meta.get_fields() if isinstance(field, Field) and field.is_relation]
            found += [(f"{model.__name__}.{field.name}", model, field.related_model) for field in fields]
    return found


def test_foreign_keys_point_down() -> None:
    wrong = [name for name, model, target in _relations() if _rank(target) > _rank(model)]
    assert not wrong


def test_processes_hold_no_keys_of_each_other() -> None:
    def process(model: type[Model]) -> str:
        parts = model.__module__.split(".")
        return parts[2] if parts[1:2] == ["processes"] else ""

    wrong = [
        name
        for name, model, target in _relations()
        if process(model) and process(target) and process(model) != process(target)
    ]
    assert not wrong


def test_the_relations_are_found_at_all() -> None:
    if not any(model.__module__.startswith("genmai.directory.access") for model in apps.get_models()):
        pytest.fail("no models of the directory: this file would prove nothing")
    assert len(_relations()) > 5
