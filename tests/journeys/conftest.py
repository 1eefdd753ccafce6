"""What journeys in a browser need besides tests/conftest.py: Chinese faces, the database beside Playwright's loop."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Playwright keeps an event loop in this thread while fixtures clone and close databases; nothing here is async.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session", autouse=True)
def chinese_faces(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Without a Chinese face a page is measured in boxes of another width."""
    from genmai.interfaces.cli.commands.shots import write_fonts

    folder: Path = tmp_path_factory.mktemp("faces")
    os.environ["FONTCONFIG_FILE"] = str(write_fonts(folder))


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """What is waited for comes when it comes: machines are shared, and a journey proves that it comes, not how soon."""
    from playwright.sync_api import expect

    expect.set_options(timeout=20_000)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    """A reader in China with a Chinese browser; the pages don't ask it, numbers and inputs do."""
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser plugin declares a fixture in a way that the next pytest will no longer take; not ours to mend."""
    for item in items:
        if "tests/journeys/" in item.path.as_posix():
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestRemovedIn10Warning"))
