"""One installation: its data folder, its keys, and the database behind it, embedded or outside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from genmai.interfaces.cli import database, keys
from genmai.interfaces.cli.postgres import Cluster
from genmai.kernel.refusal import Refused

DATA_VARIABLE = "GENMAI_DATA"
REPOSITORY = Path(__file__).resolve().parents[4]


@dataclass
class Installation:
    """Paths and URLs of one `--data` folder."""

    data: Path
    owner_url: str = ""
    app_url: str = ""
    cluster: Cluster | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, data: Path | None = None) -> Installation:
        """The folder of `--data`, of GENMAI_DATA, or `.genmai/` in the checkout."""
        return cls((data or Path(os.environ.get(DATA_VARIABLE) or REPOSITORY / ".genmai")).resolve())

    @property
    def application_role(self) -> str:
        return str(database.settings_of(self.app_url)["USER"])

    def connect(self, *, share: bool) -> None:
        """Find or start the database and put its URLs into the environment, which settings and children read.

        `share`: a server that runs already on this folder is used; otherwise that is refused.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        outside = database.from_environment()
        if outside:
            self._use_outside(outside)
        else:
            self._use_embedded(share=share)
        os.environ[DATA_VARIABLE] = str(self.data)
        os.environ[database.APPLICATION_VARIABLE] = self.app_url

    def _use_outside(self, owner_url: str) -> None:
        self.owner_url = owner_url
        given = os.environ.get(database.APPLICATION_VARIABLE)
        if given:
            self.app_url = given
            return
        role = f"{database.settings_of(owner_url)['NAME']}_app"
        password = keys.read_or_make(self.data, keys.APPLICATION_PASSWORD)
        try:
            database.create_outside_application_role(owner_url, role, password)
        except psycopg.OperationalError as error:
            raise Refused(
                "database_unreachable",
                "连不上 {variable} 所指的数据库：{error}",
                variable=database.OWNER_VARIABLE,
                error=str(error),
            ) from None
        self.app_url = database.with_parts(owner_url, user=role, password=password)

    def _use_embedded(self, *, share: bool) -> None:
        cluster = Cluster(self.data)
        if not (share and cluster.is_running_elsewhere()):
            cluster.start()
            self.cluster = cluster
            database.create_embedded_roles(cluster.url())
        self.owner_url = cluster.url(database.OWNER, database.DATABASE)
        self.app_url = cluster.url(database.APPLICATION, database.DATABASE)

    def disconnect(self) -> None:
        """Stop the server if we started it."""
        if self.cluster is not None:
            self.cluster.stop()
            self.cluster = None

    def migrate(self, say: Callable[[str], None]) -> None:
        """Bring the database up to the code. Told by a mark in the database itself that it is: done without Django."""
        digest = database.code_digest()
        if database.marked_digest(self.owner_url) == digest:
            return
        import django

        say("更新数据库结构 …")
        django.setup()
        database.migrate(self.owner_url, self.application_role, verbosity=0)
        database.mark_digest(self.owner_url, digest)

    @contextmanager
    def opened(self, *, needs_database: bool = True) -> Iterator[Installation]:
        """Database reached and migrated, Django set up as the application role; what we started is stopped after."""
        import django

        supervised = os.environ.get("GENMAI_SUPERVISED") == "1"  # `up` has done it all for its children
        try:
            if needs_database and not supervised:
                self.connect(share=True)
                self.migrate(lambda line: None)
            django.setup()
            yield self
        finally:
            self.disconnect()
