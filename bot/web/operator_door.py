"""The operator's pages: open on this machine, behind a password everywhere else, closed without one.

The password is asked for by the browser itself (HTTP Basic), so there is no login page to attack;
wrong guesses are bounded for each address and for all together.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import time
from collections import deque
from collections.abc import Callable

from pydantic import SecretStr
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.proxies import FORWARDED, address_of

GUARDED = re.compile(r"/(present|compare|reports|metrics)(/.*)?")
GUESSES_EACH, GUESSES_ALL, MINUTES = 5, 100, 15
CLOSED = (
    "This page is for whoever runs the guide and opens on that machine only. "
    "To open it from elsewhere, set COUNTERPOINT_OPERATOR_PASSWORD there and start again.\n"
)
ASK = "This page is for whoever runs the guide: give the operator's password (any name will do).\n"
ENOUGH = f"Too many wrong passwords: wait {MINUTES} minutes.\n"
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Counterpoint operator", charset="UTF-8"'}
NO_STORE = {"Cache-Control": "no-store"}
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class OperatorDoor:
    """ASGI middleware over the operator's paths. `now` gives seconds, for tests.

    Without a password a request is let through where it plainly comes from this machine: a loopback
    address, asked for by a loopback name, and not by way of a proxy.
    """

    def __init__(
        self, app: ASGIApp, password: SecretStr | None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.app = app
        self._password = password.get_secret_value().encode() if password else None
        self._now = now
        self._wrong: deque[tuple[float, str]] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not GUARDED.fullmatch(scope["path"]):
            return await self.app(scope, receive, send)
        refusal = self._refusal(scope)
        if refusal:
            return await refusal(scope, receive, send)
        return await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        if self._password is None:
            return None if from_this_machine(scope) else _reply(CLOSED, 403)
        given = _password_given(scope)
        if given is None:
            return _reply(ASK, 401, CHALLENGE)
        who = (scope.get("client") or ("",))[0]
        if self._guessed_enough(who):
            return _reply(ENOUGH, 429, {"Retry-After": str(MINUTES * 60)})
        if secrets.compare_digest(given, self._password):
            return None
        self._wrong.append((self._now(), who))
        return _reply(ASK, 401, CHALLENGE)

    def _guessed_enough(self, who: str) -> bool:
        while self._wrong and self._wrong[0][0] < self._now() - MINUTES * 60:
            self._wrong.popleft()
        own = sum(1 for _, guesser in self._wrong if guesser == who)
        # An address that has not guessed is let in even while others do, or guessing would lock the door.
        return own >= GUESSES_EACH or (own > 0 and len(self._wrong) >= GUESSES_ALL)


def from_this_machine(scope: Scope) -> bool:
    """Whether a request plainly comes from the machine that it is served on."""
    address = address_of(scope.get("client"))
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    here = address is not None and address.is_loopback
    return here and name in LOOPBACK_NAMES and not scope.get(FORWARDED, False)


def _password_given(scope: Scope) -> bytes | None:
    header = dict(scope["headers"]).get(b"authorization", b"")
    kind, _, coded = header.partition(b" ")
    if kind.lower() != b"basic":
        return None
    try:
        return base64.b64decode(coded, validate=True).partition(b":")[2]
    except binascii.Error:
        return b""


def _reply(text: str, status: int, headers: dict[str, str] | None = None) -> PlainTextResponse:
    return PlainTextResponse(text, status_code=status, headers=NO_STORE | (headers or {}))
