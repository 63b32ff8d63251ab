"""Who is really asking: a proxy's word counts only where that proxy is known.

Anyone may send `X-Forwarded-…`; believed blindly it moves a visitor to another address, the page to
another host, and the operator's pages into anyone's reach.
"""

from __future__ import annotations

import ipaddress
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

FORWARDING = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
        b"x-forwarded-server",
        b"x-gradio-server",
        b"x-original-url",
        b"x-real-ip",
        b"x-rewrite-url",
    }
)
# Set in the scope where a request came by way of some proxy, known or not.
FORWARDED = "counterpoint.forwarded"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ProxyListError(ValueError):
    """The list of proxies holds something that is neither an address nor a network."""


def networks(listed: str) -> tuple[Network, ...]:
    """The addresses and networks of a list with commas; ProxyListError names one that is neither."""
    found = []
    for each in filter(None, (part.strip() for part in listed.split(","))):
        try:
            found.append(ipaddress.ip_network(each, strict=False))
        except ValueError:
            raise ProxyListError(
                f"COUNTERPOINT_TRUSTED_PROXIES holds “{each}”, which is no address: "
                "write 10.0.0.5 or 10.0.0.0/8, with commas between several."
            ) from None
    return tuple(found)


class Proxies:
    """ASGI middleware: takes the visitor's address from known proxies, and their headers from all others."""

    def __init__(self, app: ASGIApp, trusted: tuple[Network, ...]) -> None:
        self._trusted = trusted
        self._plain = app
        # The two packages type the same protocol each in its own way.
        self._believing: Any = ProxyHeadersMiddleware(cast("Any", app), [str(each) for each in trusted])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._plain(scope, receive, send)
            return
        headers = scope["headers"]
        forwarded = any(name in FORWARDING or name == b"via" for name, _ in headers)
        if self._known(scope.get("client")):
            inner = self._believing
        else:
            inner = self._plain
            headers = [pair for pair in headers if pair[0] not in FORWARDING]
        await inner({**scope, "headers": headers, FORWARDED: forwarded}, receive, send)

    def _known(self, client: tuple[str, int] | None) -> bool:
        address = address_of(client)
        return address is not None and any(address in network for network in self._trusted)


def address_of(
    client: tuple[str, int] | None,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """A client's address; None where there is none, as in a test or at a Unix socket."""
    try:
        return ipaddress.ip_address(client[0]) if client else None
    except ValueError:
        return None
