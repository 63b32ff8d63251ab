"""Proxies, other sites' pages and the operator's door, each in front of an app that tells what it sees."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.web.operator_door import GUESSES_ALL, GUESSES_EACH, MINUTES, OperatorDoor
from bot.web.proxies import FORWARDING, Proxies, ProxyListError, networks
from bot.web.same_origin import SameOrigin

PASSWORD = "long enough to be one"
HERE = ("127.0.0.1", 5000)
AWAY = ("203.0.113.9", 5000)
LOCAL = "http://127.0.0.1:7860"


async def tell(request: Request) -> JSONResponse:
    assert request.client
    seen = [name for name in request.headers if name.encode() in FORWARDING]
    return JSONResponse({"host": request.client.host, "scheme": request.url.scheme, "headers": seen})


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def app(*, trusted: str = "", password: str | None = None, clock: Clock | None = None) -> Starlette:
    return Starlette(
        routes=[Route("/{path:path}", tell, methods=["GET", "POST"])],
        middleware=[
            Middleware(Proxies, trusted=networks(trusted)),
            Middleware(SameOrigin),
            Middleware(
                OperatorDoor, password=SecretStr(password) if password else None, now=clock or Clock()
            ),
        ],
    )


def client(at: tuple[str, int] = HERE, url: str = LOCAL, **options: Any) -> TestClient:
    return TestClient(app(**options), base_url=url, client=at)


def basic(password: str, name: str = "me") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


FORGED = {
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "Forwarded": "for=198.51.100.7",
    "X-Real-IP": "198.51.100.7",
    "X-Original-URL": "/reports",
    "X-Gradio-Server": "http://evil.example",
}


@pytest.mark.parametrize("at", [HERE, AWAY])
def test_forwarding_headers_of_anybody_are_taken_off(at: tuple[str, int]) -> None:
    assert client(at).get("/", headers=FORGED).json() == {"host": at[0], "scheme": "http", "headers": []}


def test_a_known_proxy_is_believed() -> None:
    seen = client(trusted="127.0.0.0/8").get("/", headers=FORGED).json()
    assert (seen["host"], seen["scheme"]) == ("198.51.100.7", "https")


def test_behind_a_known_proxy_only_its_own_entry_counts() -> None:
    chain = {"X-Forwarded-For": "127.0.0.1, 198.51.100.7"}
    assert client(trusted="127.0.0.1").get("/", headers=chain).json()["host"] == "198.51.100.7"


@pytest.mark.parametrize("listed", ["nonsense", "10.0.0.0/99", "127.0.0.1,*"])
def test_a_proxy_that_is_no_address_is_named(listed: str) -> None:
    with pytest.raises(ProxyListError, match="COUNTERPOINT_TRUSTED_PROXIES"):
        networks(listed)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": LOCAL}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "http://[broken"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://guide.example"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}, 403),
    ],
)
def test_another_sites_page_may_not_post(headers: dict[str, str], status: int) -> None:
    assert client().post("/gradio_api/queue/join", headers=headers).status_code == status


def test_reading_from_another_site_is_not_refused_here() -> None:
    assert client().get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_behind_a_known_proxy_its_host_is_the_origins() -> None:
    headers = {"Origin": "https://guide.example", "X-Forwarded-Host": "guide.example"}
    assert client(trusted="127.0.0.1").post("/", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/present", "/present/", "/reports", "/reports/1", "/metrics"])
def test_without_a_password_it_opens_on_this_machine(path: str) -> None:
    assert client().get(path).status_code == 200


@pytest.mark.parametrize(
    ("at", "url", "headers"),
    [
        (AWAY, LOCAL, {}),
        (HERE, "http://guide.example", {}),
        (HERE, LOCAL, {"X-Forwarded-For": "127.0.0.1"}),
        (HERE, LOCAL, {"Forwarded": "for=127.0.0.1"}),
        (HERE, LOCAL, {"Via": "1.1 proxy"}),
        (AWAY, LOCAL, {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"}),
    ],
)
def test_without_a_password_it_is_closed_to_all_others(
    at: tuple[str, int], url: str, headers: dict[str, str]
) -> None:
    reply = client(at, url).get("/reports", headers=headers)
    assert reply.status_code == 403
    assert "COUNTERPOINT_OPERATOR_PASSWORD" in reply.text


def test_a_known_proxy_does_not_open_it() -> None:
    inside = client(trusted="127.0.0.1")
    assert inside.get("/present", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/health", "/presents", "/gradio_api/queue/join"])
def test_visitors_pages_need_no_password(path: str) -> None:
    assert client(AWAY, password=PASSWORD).get(path).status_code == 200


def test_the_password_opens_it() -> None:
    assert client(AWAY, password=PASSWORD).get("/reports", headers=basic(PASSWORD)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("wrong"),
        basic(""),
        {"Authorization": "Basic ***"},
        {"Authorization": "Basic"},
        {"Authorization": f"Bearer {PASSWORD}"},
    ],
)
def test_anything_else_is_asked_for_it(headers: dict[str, str]) -> None:
    reply = client(HERE, password=PASSWORD).get("/reports", headers=headers)
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Basic ")


def test_guessing_is_bounded_and_then_allowed_again() -> None:
    clock = Clock()
    guesser = client(AWAY, password=PASSWORD, clock=clock)
    tries = [
        guesser.get("/reports", headers=basic(f"guess {n}")).status_code for n in range(GUESSES_EACH + 3)
    ]
    assert tries == [401] * GUESSES_EACH + [429] * 3
    assert guesser.get("/reports", headers=basic(PASSWORD)).status_code == 429
    clock.now += MINUTES * 60 + 1
    assert guesser.get("/reports", headers=basic(PASSWORD)).status_code == 200


def test_guessers_do_not_lock_the_operator_out() -> None:
    served = app(password=PASSWORD)
    for number in range(GUESSES_ALL + 20):
        guesser = TestClient(served, base_url=LOCAL, client=(f"203.0.113.{number % 250}", 1))
        guesser.get("/reports", headers=basic("guess"))
    operator = TestClient(served, base_url=LOCAL, client=("198.51.100.1", 1))
    assert operator.get("/reports", headers=basic(PASSWORD)).status_code == 200
