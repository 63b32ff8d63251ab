"""The routes of the stage, without a browser: what they take, what they refuse, and what they never do."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from bot.deck import Deck
from bot.events import Finished, last_of
from bot.rehearsal import Rehearsal
from bot.settings import Settings
from bot.web.gatekeeper import Gatekeeper
from bot.web.stage import Stage
from bot.web.workings import Workings
from bot.working import working_key

QUESTION = "Should the library stop charging for late books?"
TOLD = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def finished(guide: Any) -> Finished:
    return asyncio.run(last_of(guide.stream(QUESTION)))


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    (tmp_path / "secret.html").write_text("secret", "utf-8")
    folder = tmp_path / "evals"
    (folder / "a-run").mkdir(parents=True)
    (folder / "a-run" / "report.html").write_text("the report", "utf-8")
    (folder / "a-run" / "summary.json").write_text('{"made": {"model": "<i>x"}, "trials": 3}', "utf-8")
    (folder / "unfinished").mkdir()
    (folder / "leads-out").mkdir()
    (folder / "leads-out" / "report.html").symlink_to(tmp_path / "secret.html")
    return folder


@pytest.fixture
def stage(guide: Any, fines_settings: Settings, tmp_path: Path, reports: Path, finished: Finished) -> Stage:
    settings = fines_settings.model_copy(update={"data_dir": tmp_path, "reports_dir": reports})
    opened: Future[Any] = Future()
    opened.set_result(guide)
    rehearsal = Rehearsal(settings, guide.collection, guide.debate, Deck(questions=(QUESTION, "Who pays?")))
    workings = Workings()
    workings.keep(finished)
    return Stage(settings, guide.collection, guide.debate, rehearsal, opened, workings)


@pytest.fixture
def client(stage: Stage) -> TestClient:
    routes = [*stage.visitor_routes(), *stage.operator_routes()]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Gatekeeper)]))


def working_of(finished: Finished) -> str:
    return f"/working/{working_key(finished.answer)}"


def test_the_deck_is_answered_behind_the_running_app(stage: Stage, guide: Any) -> None:
    async def run_until_prepared() -> None:
        async with stage.lifespan(None):
            for _ in range(600):
                if not stage._rehearsal or not stage._rehearsal.missing:
                    return
                await asyncio.sleep(0.05)

    asyncio.run(run_until_prepared())
    assert stage._rehearsal and stage._rehearsal.missing == ()


def test_every_page_forbids_inline_code_and_holds_none(client: TestClient, finished: Finished) -> None:
    for path in ("/present", "/compare", "/reports", working_of(finished)):
        reply = client.get(path)
        assert reply.status_code == 200
        assert "'unsafe" not in reply.headers["content-security-policy"]
        assert "<style" not in reply.text and " style=" not in reply.text
        assert all('src="/stage/' in script for script in re.findall("<script[^>]*>", reply.text))


def test_all_that_a_page_names_is_served(client: TestClient) -> None:
    for page in ("/present", "/compare", "/reports"):
        for address in re.findall(r'"(/stage/[^"]+)"', client.get(page).text):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["nothing.css", "document.py", "..%2f..%2fserver.py", "template.html"])
def test_nothing_else_is_served_as_an_asset(client: TestClient, name: str) -> None:
    assert client.get(f"/stage/{name}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/present/slide", "/compare/answer", "/working/0/break", "/working/0/check"]
)
@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"question=x", "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[" * 10_000, "application/json", 400),
        (b"{}", "application/json", 400),
    ],
)
def test_what_cannot_be_taken_is_refused_in_a_sentence(
    client: TestClient, path: str, content: bytes, kind: str, status: int
) -> None:
    reply = client.post(path, content=content, headers={"content-type": kind})
    assert (reply.status_code, len(reply.text) < 120) == (status, True)


def test_a_new_question_becomes_a_slide_with_its_answer(client: TestClient) -> None:
    slide = client.post("/present/slide", json={"question": QUESTION}).text
    assert 'class="side for"' in slide and 'class="side against"' in slide
    href = slide.split('data-working="')[1].split('"')[0]
    assert client.get(href).status_code == 200


@pytest.mark.parametrize("question", ["", "   ", "x" * 201, "x" * 3000, 7, None])
def test_no_slide_is_made_of_what_is_no_question(client: TestClient, question: Any) -> None:
    reply = client.post("/present/slide", json={"question": question})
    assert reply.status_code == (200 if question in (7, None) else 400)


def test_a_question_is_shown_letter_for_letter(client: TestClient) -> None:
    for path in ("/present/slide", "/compare/answer"):
        assert TOLD not in client.post(path, json={"question": TOLD, "model": "embedded"}).text


@pytest.mark.parametrize("breakage", ["quote", "speaker", "negation"])
def test_every_statement_can_be_broken_and_is_caught(
    client: TestClient, finished: Finished, breakage: str
) -> None:
    for number in range(len(finished.answer.statements)):
        for turn in range(3):
            sent = {"statement": number, "breakage": breakage, "turn": turn}
            reply = client.post(f"{working_of(finished)}/break", json=sent)
            assert "outcome caught" in reply.text


def own(finished: Finished, **changed: str) -> dict[str, Any]:
    first = finished.answer.statements[0]
    sent = {"text": first.text, "quote": first.evidence[0].quote, "voice": first.voice}
    return {"statement": 0, **sent, **changed}


def test_a_statement_left_as_it_is_passes(client: TestClient, finished: Finished) -> None:
    reply = client.post(f"{working_of(finished)}/check", json=own(finished))
    assert "outcome unchanged" in reply.text


@pytest.mark.parametrize(
    "changed", [{"text": "nobody should ever pay"}, {"quote": "Words of my own making"}, {"voice": "C2"}]
)
def test_what_somebody_writes_wrong_is_caught(
    client: TestClient, finished: Finished, changed: dict[str, str]
) -> None:
    reply = client.post(f"{working_of(finished)}/check", json=own(finished, **changed))
    assert "outcome caught" in reply.text


def test_what_somebody_writes_is_escaped(client: TestClient, finished: Finished) -> None:
    sent = own(finished, text=TOLD, quote=f"{TOLD} and more words")
    assert TOLD not in client.post(f"{working_of(finished)}/check", json=sent).text


@pytest.mark.parametrize(
    "changed", [{"voice": "nobody"}, {"text": "x" * 5000}, {"statement": 99}, {"statement": "0"}]
)
def test_what_names_nothing_here_is_refused(
    client: TestClient, finished: Finished, changed: dict[str, Any]
) -> None:
    assert client.post(f"{working_of(finished)}/check", json=own(finished) | changed).status_code == 400


def test_a_working_that_is_not_kept_says_so(client: TestClient) -> None:
    reply = client.get("/working/0123456789abcdef")
    assert reply.status_code == 404 and "no longer kept" in reply.text


def test_the_working_names_the_found_passages_on_their_sides(client: TestClient, finished: Finished) -> None:
    page = client.get(working_of(finished)).text
    sides = page.split('<div class="group ')[1:]
    assert [side.split('"')[0] for side in sides][:2] == ["for", "against"]
    assert all(f">{statement.evidence[0].passage}</a>" in page for statement in finished.answer.statements)


@pytest.mark.parametrize("path", ["/reports/a-run", "/reports/a-run/report", "/reports"])
def test_a_run_is_found_by_its_name(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/reports/unfinished",
        "/reports/leads-out/report",
        "/reports/../report",
        "/reports/%2e%2e/report",
        "/reports/..%2fsecret.html/report",
        "/reports/nowhere",
        "/reports/a-run/summary.json",
    ],
)
def test_no_other_file_can_be_read(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 404 and "secret" not in reply.text


def test_a_report_is_shut_in_and_may_be_framed_here_alone(client: TestClient) -> None:
    reply = client.get("/reports/a-run/report")
    policy = reply.headers["content-security-policy"]
    assert reply.text == "the report"
    assert policy.startswith("sandbox allow-scripts;") and "allow-same-origin" not in policy
    assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy


def test_a_run_without_a_readable_summary_is_listed_all_the_same(client: TestClient, reports: Path) -> None:
    (reports / "a-run" / "summary.json").write_text("{", "utf-8")
    assert "a-run" in client.get("/reports").text


def test_the_list_escapes_what_a_summary_says(client: TestClient) -> None:
    assert "<i>x" not in client.get("/reports").text
