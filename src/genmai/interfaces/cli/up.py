"""What `./genmai up` does, step by step."""

from __future__ import annotations

import argparse
import errno
import fcntl
import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from genmai.interfaces.cli import catalogue, database
from genmai.interfaces.cli.installation import Installation
from genmai.interfaces.cli.supervisor import Keeper, Supervisor, genmai_command
from genmai.kernel.refusal import Refused

# Seconds since the epoch when the command was given; ./genmai notes it, children inherit it.
_STARTED = float(os.environ.setdefault("GENMAI_STARTED", str(time.time())))
_FIRST_PAGE_LIMIT = 60.0
SITE_PROCESSES, SITE_THREADS = 2, 4


def say(line: str) -> None:
    """One plain progress line, with the seconds since the command was given."""
    print(f"[{time.time() - _STARTED:5.1f} s] {line}", flush=True)


def run(args: argparse.Namespace) -> int:
    """Everything, until asked to stop; 0 after an orderly stop."""
    installation = Installation.from_environment(args.data)
    installation.data.mkdir(parents=True, exist_ok=True)
    with _only_one(installation.data):
        _check_port(args.port)
        _check_import(args.import_file)
        supervisor = Supervisor(None, say)
        supervisor.listen_to_signals()
        try:
            return _run(args, installation, supervisor)
        finally:
            say("正在停下：网站、后台、数据库 …")
            supervisor.stop()
            installation.disconnect()
            say("已全部停下。再次运行 ./genmai up 即可继续。")


def _run(args: argparse.Namespace, installation: Installation, supervisor: Supervisor) -> int:
    say("启动数据库 …")
    installation.connect(share=False)
    supervisor.cluster = installation.cluster
    catalogue.compile_all()
    installation.migrate(say)
    say("启动网站 …")
    logs = installation.data
    supervisor.start(Keeper("网站", _site_command(args.port), logs / "site.log"))
    if not _first_page_answers(args.port, supervisor):
        return _without_page(supervisor, logs / "site.log")
    address = f"http://127.0.0.1:{args.port}/"
    say(f"可以打开了：{address}")
    if not args.without_demo or args.import_file or args.city:
        _prepare(args, supervisor)
    if args.city and not supervisor.asked_to_stop:
        database.tidy(installation.owner_url)
    if not supervisor.asked_to_stop:
        # Not earlier: the demo lives through a past year, and today's jobs would find all its limits missed.
        supervisor.start(Keeper("后台", genmai_command("worker"), logs / "worker.log"))
        say(f"一切就绪：{address}   （按 Ctrl-C 停下）")
        supervisor.watch()
    return 0


def _prepare(args: argparse.Namespace, supervisor: Supervisor) -> None:
    """Demo district or city, and import, in a child: the site serves meanwhile, and a failure there stops nothing."""
    options = [] if not args.without_demo else ["--without-demo"]
    options += ["--import", str(args.import_file.resolve())] if args.import_file else []
    options += ["--city", args.city, "--city-share", str(args.city_share)] if args.city else []
    command = genmai_command("prepare", *options)
    code = supervisor.run_once(command)
    if code < 0 and not supervisor.asked_to_stop:  # killed, not failed: it goes on from where it was
        code = supervisor.run_once(command)
    if code and not supervisor.asked_to_stop:
        say("准备数据这一步没有做完（原因见上）；网站照常可用，再次运行 ./genmai up 会接着做。")


def _site_command(port: int) -> list[str]:
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws", "--log-level", "warning"]
    options += ["--workers", str(SITE_PROCESSES), "--blocking-threads", str(SITE_THREADS)]
    # Without it granian ends altogether when one of its processes dies.
    options += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "5"]
    return [sys.executable, "-m", "granian", *options, "genmai.config.wsgi:application"]


def _first_page_answers(port: int, supervisor: Supervisor) -> bool:
    limit = time.monotonic() + _FIRST_PAGE_LIMIT
    while time.monotonic() < limit and not supervisor.asked_to_stop:
        supervisor.look_after()
        if _status(port, "/healthz") == 200:
            return True
        time.sleep(0.1)
    return False


def _without_page(supervisor: Supervisor, log: Path) -> int:
    if supervisor.asked_to_stop:
        return 0
    told = log.read_text(errors="replace")[-2000:] if log.exists() else ""
    raise Refused("site_failed", "网站没有启动。{log} 的最后几行：\n{told}", log=str(log), told=told)


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _check_port(port: int) -> None:
    """A site killed with -9 may still be giving the port back, hence a few tries."""
    for attempt in range(20):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
                return
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise Refused(
                        "port_refused", f"不能使用端口 {port}：{error.strerror}。请用 --port 换一个"
                    ) from None
        if attempt < 19:
            time.sleep(0.25)
    raise Refused("port_busy", f"端口 {port} 已被别的程序占用：请用 --port 换一个，例如 ./genmai up --port {port + 1}")


def _check_import(file: Path | None) -> None:
    if file is not None and not file.is_file():
        raise Refused("no_such_file", f"找不到要导入的文件 {file}")


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    handle = os.open(data / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise Refused(
            "already_running", f"数据目录 {data} 上已有一个 ./genmai up 在运行：请先停下它，或用 --data 换一个目录"
        ) from None
    try:
        yield
    finally:
        os.close(handle)
