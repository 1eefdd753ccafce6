"""拍下每个页面的样子：在无头浏览器里走一遍 journeys.toml，把截图存进 docs/shots。"""

from __future__ import annotations

import argparse
import http.client
import importlib.util
import io
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from genmai.kernel.refusal import Refused

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

JOURNEYS = settings.SOURCE / "interfaces" / "web" / "journeys.toml"
SHOTS = settings.REPOSITORY / "docs" / "shots"
CHROMIUM = os.environ.get("GENMAI_CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none",
)  # fmt: skip
COLOURS = 64
TALLEST = 5000
FOLDER_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True)
class View:
    """One way of looking: width and height in CSS pixels, sharpness, cookies, screen or paper."""

    key: str
    width: int
    height: int
    scale: float = 1
    cookies: tuple[tuple[str, str], ...] = ()
    paper: bool = False
    whole: bool = True


VIEWS = (
    View("360", 360, 740, 2),
    View("360-large", 360, 740, 1.5, (("genmai_type", "large"),)),
    View("360-en", 360, 740, 1.5, (("genmai_language", "en"),)),
    View("1280", 1280, 800),
    View("1280-large", 1280, 800, 1, (("genmai_type", "large"),)),
    View("1280-en", 1280, 800, 1, (("genmai_language", "en"),)),
    View("1920", 1920, 1080, whole=False),
    View("print", 794, 1123, paper=True),
)
USUAL = ("360", "360-large", "1280", "1280-large", "1920", "print")


@dataclass(frozen=True)
class Journey:
    """A page as one role sees it, after a few steps; `views` are keys of VIEWS."""

    name: str
    path: str
    role: str = ""
    steps: tuple[tuple[str, ...], ...] = ()
    views: tuple[str, ...] = USUAL
    whole: bool = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", help="只拍这几个（journeys.toml 里的 name）")
    parser.add_argument("--view", action="append", choices=[view.key for view in VIEWS], help="只拍这种大小")
    parser.add_argument("--to", type=Path, default=SHOTS, help="存到哪个文件夹")


def run(args: argparse.Namespace) -> int:
    journeys = chosen(read_journeys(JOURNEYS), args.names)
    _check_browser()
    os.environ["FONTCONFIG_FILE"] = str(write_fonts(settings.GENMAI_DATA))
    # Before the browser starts: Playwright's event loop would make Django refuse to ask the database.
    cookies = {role: sign_in(role) for role in {journey.role for journey in journeys if journey.role}}
    args.to.mkdir(parents=True, exist_ok=True)
    with site() as address:
        faults = take_all(journeys, address, cookies, args.view, args.to)
    for fault in faults:
        print(f"✗ {fault}", file=sys.stderr)
    return 1 if faults or not _is_small(args.to) else 0


def read_journeys(file: Path) -> list[Journey]:
    """The list, in order; an unknown key or view is a fault of the file and raises Refused."""
    known = {view.key for view in VIEWS}
    journeys = []
    for written in tomllib.loads(file.read_text(encoding="utf-8"))["journey"]:
        row = {**written, "steps": tuple(tuple(step) for step in written.get("steps", ()))}
        row["views"] = tuple(row.get("views", USUAL))
        unknown = set(row) - set(Journey.__dataclass_fields__) | set(row["views"]) - known
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", row["name"]):
            raise Refused("bad_journey", f"{file.name}：name 只用小写字母、数字和短横：{row['name']}")
        if unknown:
            raise Refused("bad_journey", f"{file.name} 的 {row.get('name')}：不认识 {'、'.join(sorted(unknown))}")
        journeys.append(Journey(**row))
    return journeys


def chosen(journeys: Sequence[Journey], names: Sequence[str]) -> list[Journey]:
    """Those asked for by name, or all."""
    missing = set(names) - {journey.name for journey in journeys}
    if missing:
        raise Refused("no_such_journey", f"journeys.toml 里没有 {'、'.join(sorted(missing))}")
    return [journey for journey in journeys if not names or journey.name in names]


def take_all(
    journeys: Sequence[Journey], address: str, cookies: dict[str, str], only: Sequence[str] | None, folder: Path
) -> list[str]:
    """Every journey in each of its views; returns what went wrong (bad answer, page error, page wider than screen)."""
    from playwright.sync_api import sync_playwright

    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for view in VIEWS:
            for journey in journeys:
                if view.key not in journey.views or (only and view.key not in only):
                    continue
                context = browser.new_context(
                    viewport={"width": view.width, "height": view.height},
                    device_scale_factor=view.scale, locale="zh-CN", timezone_id="Asia/Shanghai",
                    # Paper margins are added by a style of ours that the page's own policy would refuse.
                    bypass_csp=view.paper,
                )  # fmt: skip
                _give_cookies(context, view, address, cookies.get(journey.role))
                faults += take(context.new_page(), journey, view, address, folder)
                context.close()
        browser.close()
    return faults


def take(page: Page, journey: Journey, view: View, address: str, folder: Path) -> list[str]:
    """One picture."""
    name = f"{journey.name}-{view.key}"
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"{name}：脚本出错 {error}"))
    page.on("console", lambda line: faults.append(f"{name}：{line.text}") if line.type == "error" else None)
    answer = page.goto(address + journey.path)
    if answer is not None and answer.status >= 400:
        faults.append(f"{name}：{journey.path} 答 {answer.status}")
    try:
        for step in journey.steps:
            _do(page, step, address)
    except Exception as error:  # the picture of where it got stuck says more than a trace
        faults.append(f"{name}：{' '.join(step)} 没走通：{str(error).splitlines()[0]}")
    if view.paper:
        page.emulate_media(media="print")
        page.add_style_tag(content="body{padding:18mm 16mm}")
    wider = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
    if wider > 0:
        faults.append(f"{name}：页面比屏幕宽 {wider} px")
    if view.whole and journey.whole:
        height = page.locator("html").evaluate("e => e.scrollHeight")
        page.set_viewport_size({"width": view.width, "height": min(max(height, view.height), TALLEST)})
    (folder / f"{name}.png").write_bytes(small(page.screenshot(animations="disabled")))
    print(f"  {name}")
    return faults


def small(png: bytes) -> bytes:
    """The same picture in a palette of 64 colours: our pages have few, and the folder stays small."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    kept = io.BytesIO()
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        kept, "PNG", optimize=True
    )
    return kept.getvalue()


def sign_in(role: str) -> str:
    """A session cookie of the first account that holds `role`, made without a password: this runs beside the keys."""
    from importlib import import_module

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model

    account: Any = get_user_model()._default_manager.filter(grants__role=role, is_active=True).order_by("pk").first()
    if account is None:
        raise Refused("no_such_role", f"没有谁是 {role}：先运行 ./genmai up 准备好演示数据")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = account._meta.pk.value_to_string(account)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def write_fonts(folder: Path) -> Path:
    """A font configuration with the Chinese face of the `noto-cjk-sans-otc` wheel before the machine's own."""
    found = importlib.util.find_spec("noto_cjk_sans_otc")
    ours = f"<dir>{Path(str(found.origin)).parent}</dir>" if found and found.origin else ""
    faces = "".join(
        f"<alias><family>{family}</family><prefer><family>Noto Sans CJK SC</family></prefer></alias>"
        for family in ("sans-serif", "system-ui", "PingFang SC", "Microsoft YaHei")
    )
    file = folder / "fonts.conf"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"{ours}<dir>/usr/share/fonts</dir><cachedir>{folder / 'fontcache'}</cachedir>{faces}</fontconfig>",
        encoding="utf-8",
    )
    return file


@contextmanager
def site() -> Iterator[str]:
    """Our own site on a free port of this machine, ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--no-ws"]
    log = settings.GENMAI_DATA / "shots-site.log"
    with log.open("w") as sink:
        command = [
            sys.executable,
            "-m",
            "granian",
            *options,
            "--blocking-threads",
            "4",
            "genmai.config.wsgi:application",
        ]
        child = subprocess.Popen(command, stdout=sink, stderr=sink)
        try:
            _wait_until_open(port, child, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            child.terminate()
            child.wait(timeout=15)


def _wait_until_open(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + 40
    while time.monotonic() < limit and child.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise Refused("site_failed", f"截图用的网站没有启动，看 {log}")


def _do(page: Page, step: Sequence[str], address: str) -> None:
    verb, *rest = step
    if verb == "fill":
        page.locator(rest[0]).first.fill(rest[1])
    elif verb == "choose":
        page.locator(rest[0]).first.check()
    elif verb == "select":
        page.locator(rest[0]).first.select_option(rest[1])
    elif verb == "click":
        page.locator(rest[0]).first.click()
    elif verb == "press":
        page.keyboard.press(rest[0])
    elif verb == "open":
        page.goto(address + rest[0])
    elif verb == "see":
        page.locator(rest[0]).first.wait_for(timeout=8000)
    else:
        raise Refused("bad_journey", f"不认识这一步：{verb}（可用 fill choose select click press open see）")


def _give_cookies(context: BrowserContext, view: View, address: str, session: str | None) -> None:
    given = dict(view.cookies)
    if session:
        given[settings.SESSION_COOKIE_NAME] = session
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in given.items()])


def _check_browser() -> None:
    if not Path(CHROMIUM).exists() or importlib.util.find_spec("playwright") is None:
        raise Refused("no_browser", f"没有浏览器 {CHROMIUM}：装好 Chromium，或用 GENMAI_CHROMIUM 指一个")


def _is_small(folder: Path) -> bool:
    total = sum(file.stat().st_size for file in folder.glob("*.png"))
    print(f"{folder}：{len(list(folder.glob('*.png')))} 张，{total / 1024 / 1024:.1f} MB")
    if total > FOLDER_LIMIT:
        print(f"✗ 超过 {FOLDER_LIMIT // 1024 // 1024} MB：在 journeys.toml 里少拍几种大小", file=sys.stderr)
    return total <= FOLDER_LIMIT
