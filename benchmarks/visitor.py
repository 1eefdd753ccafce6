"""A browser as far as the protocol goes: one kept connection, cookies, the form's token and key, nothing drawn."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')
_STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')
THANKS = "/report/thanks"


@dataclass(frozen=True, slots=True)
class Answer:
    """One response; `wire`: bytes of its head and its compressed body as they travelled."""

    status: int
    location: str
    text: str
    wire: int


class NotAcknowledged(Exception):
    """The site answered, but not with the redirect that says the matter is in."""


# A browser has asked for matters alike while the text was written (a request of its own); the form says so.
LOOKED = {"looked": "1"}


@dataclass
class Visitor:
    """One person at one browser."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float = 30.0
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)
    _token: str = field(default="", repr=False)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        return self._ask("POST", path, urlencode(fields))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def form(self, path: str) -> dict[str, str]:
        """The hidden fields of the page's first forms: its token and its key."""
        answer = self.get(path)
        if answer.status != 200:
            raise NotAcknowledged(f"{path}: {answer.status}")
        return hidden_fields(answer.text)

    def sign_in(self, login: str, password: str) -> None:
        """Raises NotAcknowledged when the site does not let us in."""
        fields = self.form("/sign-in")
        answer = self.post("/sign-in", {**fields, "login": login, "username": login, "password": password})
        if answer.status != 302:
            raise NotAcknowledged(f"sign-in of {login}: {answer.status}")

    def ready(self) -> None:
        """Open the report page once: its token serves every report of this visitor."""
        if not self._token:
            self._token = self.form("/report")["csrfmiddlewaretoken"]

    def report(self, text: str, town: str, village: str, key: str = "") -> None:
        """Hand in a matter as a resident does. Returns when the site has acknowledged it, raises otherwise.

        The token is read from the form once a visitor; `key` is the form's own (a new one unless given), so that the
        same post can be repeated after a lost answer.
        """
        self.ready()
        fields = {"csrfmiddlewaretoken": self._token, "key": key or str(uuid4()), "text": text}
        answer = self.post("/report", {**fields, "town": town, "village": village, "wants_answer": "yes", **LOOKED})
        if answer.status != 302 or not answer.location.startswith(THANKS):
            raise NotAcknowledged(f"{answer.status} {answer.location} {plain_text(answer.text)[:400]}")

    def report_now(self, text: str, code: str, where: str, key: str = "") -> None:
        """Hand in by the short form of a place in emergency; otherwise as `report`."""
        self.ready()
        fields = {"csrfmiddlewaretoken": self._token, "key": key or str(uuid4()), "service": "outage", "text": text}
        answer = self.post(f"/report/now/{code}", {**fields, "place_text": where})
        if answer.status != 302 or not answer.location.startswith(THANKS):
            raise NotAcknowledged(f"{answer.status} {answer.location} {plain_text(answer.text)[:400]}")

    def statics(self, page: Answer) -> dict[str, int]:
        """Every style, script and picture the page asks for, with its bytes on the wire."""
        return {path: self.get(path).wire for path in dict.fromkeys(_STATIC.findall(page.text))}

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Accept-Encoding": "gzip", "Accept-Language": "zh-CN", "Cookie": self._cookie_line()}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            raw = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if response.will_close:
            self.close()
        return self._answer(response, raw)

    def _answer(self, response: http.client.HTTPResponse, raw: bytes) -> Answer:
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        head = sum(len(name) + len(value) + 4 for name, value in response.headers.items()) + 17
        packed = response.headers.get("Content-Encoding") == "gzip"
        location = urlsplit(response.headers.get("Location", "")).path
        body = gzip.decompress(raw) if packed else raw
        return Answer(response.status, location, body.decode(errors="replace"), head + len(raw))

    def _cookie_line(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def hidden_fields(page: str) -> dict[str, str]:
    """Name → value; of fields that come several times the first."""
    found: dict[str, str] = {}
    for tag in _HIDDEN.findall(page):
        attributes = dict(_ATTRIBUTE.findall(tag))
        found.setdefault(attributes.get("name", ""), unescape(attributes.get("value", "")))
    return found


def plain_text(page: str) -> str:
    """The words of a page, for a message when something went wrong."""
    return " ".join(re.sub(r"<(script|style|head).*?</\1>|<[^>]+>", " ", page, flags=re.S).split())
