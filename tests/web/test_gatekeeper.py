from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.web.gatekeeper import BODY_BYTES, HEADERS, Gatekeeper

JOIN = "/gradio_api/queue/join"


async def count(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())), headers={"X-Frame-Options": "ALLOWALL"})


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/{path:path}", count, methods=["GET", "POST"])]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Gatekeeper)]))


@pytest.mark.parametrize(
    "path",
    ["/", "/health", "/assets/index.js", "/static/js/x.js", "/gradio_api/queue/data", JOIN],
)
def test_what_the_page_needs_is_let_through(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/upload?upload_id=1",
        "/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://example.org",
        "/gradio_api/call/ask",
        "/gradio_api/run/ask",
        "/gradio_api/component_server",
        "/gradio_api/vibe-edit",
        "/monitoring",
        "/config",
        "/gradio_api/info",
        "/docs",
        "/openapi.json",
        "/login",
        "/assets",
        "/anything",
    ],
)
def test_everything_else_does_not_exist(client: TestClient, path: str) -> None:
    assert client.post(path).status_code == 404


def test_a_body_up_to_the_limit_is_taken(client: TestClient) -> None:
    assert client.post(JOIN, content=b"x" * BODY_BYTES).text == str(BODY_BYTES)


def test_a_longer_body_is_refused(client: TestClient) -> None:
    assert client.post(JOIN, content=b"x" * (BODY_BYTES + 1)).status_code == 413


def test_a_longer_body_of_undeclared_length_is_refused(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(5):
            yield b"x" * (BODY_BYTES // 4)

    assert client.post(JOIN, content=pieces()).status_code == 413


def test_a_length_that_is_no_number_is_refused(client: TestClient) -> None:
    assert client.post(JOIN, headers={"Content-Length": "-1"}).status_code == 413


@pytest.mark.parametrize("path", ["/", "/anything"])
def test_every_reply_bears_the_safe_headers_once(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert {name: reply.headers.get_list(name) for name in HEADERS} == {
        name: [value] for name, value in HEADERS.items()
    }


def test_an_unknown_address_is_a_page_to_a_browser_and_a_line_to_a_script(client: TestClient) -> None:
    shown = client.get("/nowhere", headers={"accept": "text/html"})
    assert shown.status_code == 404 and "<h1>Nothing here</h1>" in shown.text
    told = client.get("/nowhere", headers={"accept": "*/*"})
    assert told.status_code == 404 and told.text == "There is nothing at this address. Start at /.\n"
