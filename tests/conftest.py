"""The tests' database and keys.

Tests connect as the application role, so that rights are tested with everything else. The database is a clone of a
template that was migrated once as owner: ordinary `django_db` tests roll back; `transactional_db` and `live_server`
tests get a new clone afterwards, because records refuse TRUNCATE, as they should.

One embedded server a run, in the first free `.genmai/test/<n>` (several runs at once each have their own); or the
server of GENMAI_DATABASE_URL, whose user may create databases.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("GENMAI_DATA", str(ROOT / ".genmai" / "test" / "data"))
os.environ["GENMAI_SECRET_KEY"] = "5e" * 32
os.environ["GENMAI_MASTER_KEY"] = "a7" * 32
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genmai.config.settings")

import django  # noqa: E402
import psycopg  # noqa: E402
from psycopg import sql  # noqa: E402

from genmai.interfaces.cli import database, postgres  # noqa: E402
from genmai.kernel.refusal import Refused  # noqa: E402

# Where a browser is looked for; without one the journeys are listed as NOT RUN, and fail under GENMAI_REQUIRE_BROWSER.
CHROMIUM = Path(os.environ.get("GENMAI_CHROMIUM", "/usr/bin/chromium"))
CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

django.setup()  # here, not by pytest-django: it would read the settings before the lines above


class Databases:
    """Template and clones on one server. `admin_url` may create databases; the application role cannot."""

    def __init__(self, admin_url: str, owner_url: str, app_url: str, *, private: bool) -> None:
        self.admin_url, self.owner_url, self.app_url = admin_url, owner_url, app_url
        self.private = private  # nobody else uses this server: what earlier runs left may be thrown away
        # Several runs may share an outside server.
        self.name = f"genmai_test_{os.getpid()}"
        self.template = f"genmai_template_{_schema_digest()}"

    def clone(self) -> None:
        """The test database, new from the template."""
        from django.db import connections

        connections.close_all()
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))
            owner = database.settings_of(self.owner_url)["USER"]
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                    sql.Identifier(self.name), sql.Identifier(self.template), sql.Identifier(owner)
                )
            )

    def drop(self) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def build_template(self) -> None:
        """Migrate once as owner; kept between runs as long as models and migrations are the same."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            names = {row[0] for row in admin.execute("SELECT datname FROM pg_database").fetchall()}
            if self.template in names:
                return
            for old in names if self.private else ():
                if old.startswith("genmai_") and old != self.name:
                    admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
            building = f"genmai_building_{os.getpid()}"
            owner = database.settings_of(self.owner_url)["USER"]
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(building), sql.Identifier(owner))
            )
            app = database.settings_of(self.app_url)["USER"]
            database.migrate(database.with_parts(self.owner_url, name=building), app, verbosity=0)
            # Renamed when whole, so that an interrupted migration is never taken for a template.
            admin.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(self.template)
                )
            )


def _schema_digest() -> str:
    """Changes with every file that decides what the migrated database holds."""
    source = ROOT / "src" / "genmai"
    files = [*source.rglob("migrations/*.py"), *source.rglob("models.py"), *source.rglob("models/*.py")]
    files += [
        source / "kernel" / "append_only.py",
        source / "kernel" / "references.py",
        source / "kernel" / "walled" / "policy.py",
        source / "config" / "settings.py",
        Path(database.__file__),
    ]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _free_cluster() -> postgres.Cluster:
    for number in range(50):
        cluster = postgres.Cluster(home=ROOT / ".genmai" / "test" / str(number), durable=False)
        try:
            cluster.start()
        except Refused as refused:
            if refused.code == "already_running":
                continue
            raise
        return cluster
    raise RuntimeError("fifty test runs at once?")


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The server of this run, started when the first test needs it."""
    outside = os.environ.get(database.OWNER_VARIABLE)
    if outside:
        role, password = "genmai_test_app", "test-" + hashlib.sha256(outside.encode()).hexdigest()[:20]
        database.create_outside_application_role(outside, role, password)
        with psycopg.connect(outside) as owner:  # so that a clone's last connections can be ended when it is dropped
            owner.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))
        yield Databases(outside, outside, database.with_parts(outside, user=role, password=password), private=False)
        return
    cluster = _free_cluster()
    try:
        database.create_embedded_roles(cluster.url(), database="genmai_nobody")
        yield Databases(cluster.url(), cluster.url(database.OWNER), cluster.url(database.APPLICATION), private=True)
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, databases: Databases) -> Iterator[None]:
    """Replaces pytest-django's own: clone of a migrated template, connected as the application role."""
    from django.db import connections
    from django.test import TransactionTestCase

    with django_db_blocker.unblock():
        databases.build_template()
        databases.clone()
        settings = database.settings_of(database.with_parts(databases.app_url, name=databases.name))
        connections["default"].settings_dict.update(settings)
    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]
    # Django would empty every table with TRUNCATE here; the application may not, and records refuse even the owner.
    TransactionTestCase._fixture_teardown = lambda self: databases.clone()  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[attr-defined]
    with django_db_blocker.unblock():
        connections.close_all()
        databases.drop()


@pytest.fixture
def owner_url(databases: Databases, transactional_db: None) -> str:
    """The owner's URL of this test's own database, for what only the owner may try."""
    return database.with_parts(databases.owner_url, name=databases.name)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real input beside the repository; tests that need it are skipped, loudly, where it is absent."""
    folder = Path(os.environ.get("GENMAI_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"REAL INPUT NOT TESTED: no folder {folder} (set GENMAI_SHARED_DATA)")
    return folder


# -- journeys in a real browser ----------------------------------------------------------------------------------------


def _is_journey(item: pytest.Item) -> bool:
    return "tests/journeys/" in item.path.as_posix() or item.get_closest_marker("journey") is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Journeys come last (they are slow) and are skipped where there is no browser."""
    journeys = [item for item in items if _is_journey(item)]
    items.sort(key=_is_journey)
    for item in journeys:
        item.add_marker("journey")
        if not CHROMIUM.exists():
            item.add_marker(pytest.mark.skip(reason=f"{_NOT_RUN} at {CHROMIUM}"))


_NOT_RUN = "NOT RUN: no browser"


def _not_run(config: pytest.Config) -> list[str]:
    """Journeys skipped for want of a browser, from the reports: also where several processes share the tests."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    return [report.nodeid for report in skipped if _NOT_RUN in str(report.longrepr)]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Loudly, just above pytest's closing line."""
    journeys = _not_run(config)
    if not journeys:
        return
    terminalreporter.section(
        f"{len(journeys)} BROWSER JOURNEYS NOT RUN · 浏览器旅程没有运行", sep="!", red=True, bold=True
    )
    terminalreporter.line(f"no Chromium at {CHROMIUM}: install it, or set GENMAI_CHROMIUM to one")
    for name in journeys:
        terminalreporter.line(f"NOT RUN  {name}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a journey that was not run is a failure."""
    if os.environ.get("GENMAI_REQUIRE_BROWSER") == "1" and _not_run(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium; none is downloaded."""
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": list(CHROMIUM_FLAGS)}


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hashing is slow on purpose; tests sign in hundreds of times."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _for_the_house() -> Iterator[None]:
    """A test sets up and looks for the whole house; what it asks over HTTP goes through the site's own walls."""
    from genmai.kernel.walled import house

    with house("a test"):
        yield


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the pages keep for two seconds is read each time, so that a page's queries are the same at every look."""
    from datetime import timedelta

    from genmai.processes.cases.queries import extras

    monkeypatch.setattr(extras, "KEPT", timedelta(0))
