"""Routes for whoever runs the guide: is the process up, should visitors be sent to it, what has it done."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.settings import Settings
from bot.web.conversation import AnyGuide
from bot.web.watched import Indexed

if TYPE_CHECKING:
    from bot.web.metrics import Metrics


def routes(settings: Settings, guide: Future[AnyGuide], metrics: Metrics | None) -> list[Route]:
    """/health: 200 while it lives. /ready: 200 once it can answer, 503 before. /metrics: where wanted."""

    def state() -> str:
        return "ready" if guide.done() and not guide.cancelled() and not guide.exception() else "opening"

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": state(), "collection": settings.collection, "model": settings.model})

    async def ready(_: Request) -> JSONResponse:
        if state() != "ready":
            return JSONResponse({"ready": False}, status_code=503)
        opened = guide.result()
        # Without its Chroma it finds the same in the vectors that it holds, so it stays ready.
        answers = not isinstance(opened, Indexed) or await run_in_threadpool(opened.chroma_answers)
        return JSONResponse({"ready": True, "chroma": "answers" if answers else "does not answer"})

    found = [Route("/health", health), Route("/ready", ready)]
    if metrics:
        from bot.web.metrics import CONTENT_TYPE_LATEST

        async def numbers(_: Request) -> Response:
            return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

        found.append(Route("/metrics", numbers))
    return found
