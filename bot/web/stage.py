"""The pages beside the chat window: the presentation, the working of an answer, two models, the reports.

`visitor_routes` belong to every answer's reader; `operator_routes` to whoever runs the room, and an
operator's password belongs around them.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.breaking import Breakage, broken, rewritten
from bot.corpus import Collection
from bot.deck import question_fault
from bot.events import Finished, last_of
from bot.grounding import Stances
from bot.positions import DebateMap
from bot.records import Answer, Statement
from bot.rehearsal import Prepared, Rehearsal
from bot.settings import EMBEDDED, Settings
from bot.web.answer_page import answer_html
from bot.web.break_page import broken_html, not_applicable_html
from bot.web.compare_page import compare_html
from bot.web.conversation import TROUBLE, AnyGuide
from bot.web.document import asset
from bot.web.nowhere import nowhere
from bot.web.present_page import present_html, slide_html
from bot.web.reports_page import find_runs, reports_html
from bot.web.watched import WatchedGuide
from bot.web.working_page import gone_html, working_html
from bot.web.workings import Worked, Workings, working_link
from bot.working import working_key

if TYPE_CHECKING:
    from bot.guide import Guide

NOT_SAVED = "The deck's answers could not be kept, and will be made again at the next start: %s"
NO_STORE = {"cache-control": "no-store"}
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
log = logging.getLogger(__name__)


class RequestError(ValueError):
    """A page's script sent what cannot be taken; the message says what."""


class Stage:
    """The pages over one collection; its guide may still be opening."""

    def __init__(
        self,
        settings: Settings,
        collection: Collection,
        debate: DebateMap,
        rehearsal: Rehearsal | None,
        guide: Future[AnyGuide],
        workings: Workings,
    ) -> None:
        self._settings = settings
        self._collection = collection
        self._debate = debate
        self._rehearsal = rehearsal
        self._guide = guide
        self._workings = workings

    def visitor_routes(self) -> list[Route]:
        """The working of an answer, and what the pages are styled and moved by."""
        return [
            Route("/stage/{name}", self._asset),
            Route("/working/{key}", self._working),
            Route("/working/{key}/break", _taken(self._break), methods=["POST"]),
            Route("/working/{key}/check", _taken(self._check), methods=["POST"]),
        ]

    def operator_routes(self) -> list[Route]:
        """The presentation, the two models and the reports."""
        return [
            Route("/present", self._present),
            Route("/present/slide", _taken(self._slide), methods=["POST"]),
            Route("/compare", self._compare),
            Route("/compare/answer", _taken(self._compared), methods=["POST"]),
            Route("/reports", self._reports),
            Route("/reports/{run}", self._reports),
            Route("/reports/{run}/report", self._report),
        ]

    @asynccontextmanager
    async def lifespan(self, _app: object) -> AsyncGenerator[None]:
        """While the app runs: the deck's answers are made behind it, as soon as the guide is open."""
        preparing = asyncio.create_task(self._prepare())
        try:
            yield
        finally:
            preparing.cancel()
            with suppress(asyncio.CancelledError):
                await preparing

    async def _prepare(self) -> None:
        if self._rehearsal is None or not self._rehearsal.missing:
            return
        guide = await self._opened()
        try:
            await self._rehearsal.prepare(guide.unwatched if isinstance(guide, WatchedGuide) else guide)
        except OSError as error:
            log.warning(NOT_SAVED, error)
        except Exception:
            # The pages make what is missing when it is asked for, and say so if they cannot.
            log.exception("The deck's answers could not be made beforehand.")

    async def _opened(self) -> AnyGuide:
        # Shielded: one visitor who leaves must not cancel the opening that all wait for.
        return await asyncio.shield(asyncio.wrap_future(self._guide))

    @property
    def _two_models(self) -> bool:
        return self._settings.model != EMBEDDED

    # --- Pages

    async def _asset(self, request: Request) -> Response:
        found = asset(request.path_params["name"])
        if found is None:
            return nowhere(request)
        content, kind = found
        return Response(content, media_type=kind, headers={"cache-control": "no-cache"})

    async def _present(self, _: Request) -> Response:
        return _page(present_html(self._rehearsal, self._collection, self._two_models))

    async def _working(self, request: Request) -> Response:
        worked = self._worked(request)
        if worked is None:
            return HTMLResponse(gone_html(), 404, NO_STORE)
        return _page(working_html(worked, self._collection, self._stances(worked.answer), self._two_models))

    async def _compare(self, _: Request) -> Response:
        return _page(compare_html(self._settings, self._collection))

    async def _reports(self, request: Request) -> Response:
        runs = find_runs(self._settings.reports_dir)
        name = request.path_params.get("run")
        chosen = next((run for run in runs if name in (None, run.name)), None)
        if name and chosen is None:
            return nowhere(request)
        return _page(reports_html(runs, chosen))

    async def _report(self, request: Request) -> Response:
        # The name is looked up among the runs and never made into a path.
        name = request.path_params["run"]
        chosen = next((run for run in find_runs(self._settings.reports_dir) if run.name == name), None)
        return (
            HTMLResponse(chosen.report.read_text("utf-8"), headers=NO_STORE) if chosen else nowhere(request)
        )

    # --- Parts of pages, asked for by their scripts

    async def _slide(self, request: Request, sent: dict[str, Any]) -> str:
        question = self._question(sent)
        fault = question_fault([question])
        if fault:
            raise RequestError(fault)
        prepared = self._rehearsal.prepared(question) if self._rehearsal else None
        if prepared is None:
            finished = await self._asked(await self._opened(), question)
            prepared = Prepared(question=question, answer=finished.answer, working=finished.working)
        return slide_html(question, prepared, self._collection, self._two_models)

    async def _compared(self, request: Request, sent: dict[str, Any]) -> str:
        question, guide = self._question(sent), await self._opened()
        if sent.get("model") == EMBEDDED and self._two_models:
            guide = cast("Guide", guide).embedded()
        finished = await self._asked(guide, question)
        link = working_link(finished.answer)
        return f'{answer_html(finished.answer, self._collection)}<p class="acts">{link}</p>'

    async def _break(self, request: Request, sent: dict[str, Any]) -> str:
        worked, sound = self._statement(request, sent)
        try:
            breakage, turn = Breakage(str(sent.get("breakage"))), int(sent.get("turn", 0))
        except (TypeError, ValueError):
            raise RequestError("Choose what is to be made wrong.") from None
        wrong = broken(sound, breakage, turn, self._collection)
        if wrong is None:
            return not_applicable_html()
        return self._verdict(sound, wrong, worked.answer)

    async def _check(self, request: Request, sent: dict[str, Any]) -> str:
        worked, sound = self._statement(request, sent)
        text, quote, voice = (str(sent.get(name, "")) for name in ("text", "quote", "voice"))
        if max(len(text), len(quote)) > self._settings.question_chars:
            raise RequestError(
                f"Keep claim and quote under {self._settings.question_chars:,} characters each."
            )
        wrong = rewritten(sound, text, quote, voice, self._collection)
        if wrong is None:
            raise RequestError("Nobody of that name speaks here.")
        return self._verdict(sound, wrong, worked.answer)

    def _verdict(self, sound: Statement, wrong: Statement, answer: Answer) -> str:
        return broken_html(sound, wrong, answer, self._collection, self._stances(answer))

    async def _asked(self, guide: AnyGuide, question: str) -> Finished:
        finished = await last_of(guide.stream(question))
        self._workings.keep(finished)
        return finished

    def _question(self, sent: dict[str, Any]) -> str:
        # Half a surrogate pair, which JSON can carry, could be neither hashed nor sent back.
        question = str(sent.get("question", "")).encode("utf-8", "replace").decode("utf-8")
        question = " ".join(question.split())
        if not question or len(question) > self._settings.question_chars:
            raise RequestError(f"Ask in {self._settings.question_chars:,} characters or fewer.")
        return question

    def _statement(self, request: Request, sent: dict[str, Any]) -> tuple[Worked, Statement]:
        worked = self._worked(request)
        if worked is None:
            raise RequestError("This answer is no longer kept: ask the question again.")
        number = sent.get("statement")
        if not isinstance(number, int) or not 0 <= number < len(worked.answer.statements):
            raise RequestError("Choose a statement of this answer.")
        return worked, worked.answer.statements[number]

    def _worked(self, request: Request) -> Worked | None:
        key = request.path_params["key"]
        found = self._workings.get(key)
        if found or self._rehearsal is None:
            return found
        prepared = (self._rehearsal.prepared(question) for question in self._rehearsal.deck.questions)
        matching = (p for p in prepared if p and p.working and working_key(p.answer) == key)
        return next((Worked(p.answer, p.working) for p in matching if p.working), None)

    def _stances(self, answer: Answer) -> Stances | None:
        return self._debate.stances(answer.topics)


def _page(html: str) -> HTMLResponse:
    return HTMLResponse(html, headers=NO_STORE)


def _taken(make: Callable[[Request, dict[str, Any]], Coroutine[Any, Any, str]]) -> Handler:
    """A route that takes a JSON object from our own page and gives a piece of HTML, or one plain sentence."""

    async def handled(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return PlainTextResponse("Send JSON.\n", 415)
        body = await request.body()
        try:
            return HTMLResponse(await make(request, _object(body)), headers=NO_STORE)
        except RequestError as error:
            return PlainTextResponse(str(error), 400)
        except Exception:
            log.exception("A page's request could not be answered.")
            return PlainTextResponse(TROUBLE, 500)

    return handled


def _object(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestError("That is no JSON.") from None
    if not isinstance(sent, dict):
        raise RequestError("Send a JSON object.")
    return cast("dict[str, Any]", sent)
