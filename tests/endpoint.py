"""A small server that speaks the OpenAI protocol on this machine, and does what a script tells it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-sentinel-4f1c-never-to-be-shown"
PASSWORD = "pw-sentinel-90ab"
VENDOR = "VENDOR-PAGE-TEXT"
MODEL = "scripted"
PIECE = 40

Call = tuple[str, dict[str, Any] | str]


class Exchange:
    """One request and the means to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        self.handler = handler
        self.body = body
        self.headers = handler.headers

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))

    def whole(
        self, text: str | bytes, status: int = 200, kind: str = "application/json", **more: str
    ) -> None:
        """One complete reply."""
        content = text.encode() if isinstance(text, str) else text
        self.handler.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **more}.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(content)

    def open_stream(self) -> None:
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream")
        self.handler.end_headers()

    def event(self, delta: dict[str, Any], finish: str | None = None) -> None:
        chunk = {
            "id": "chatcmpl-same-each-time",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": MODEL,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
        self.raw(f"data: {json.dumps(chunk)}\n\n")

    def raw(self, text: str) -> None:
        self.handler.wfile.write(text.encode())
        self.handler.wfile.flush()


Step = Callable[[Exchange], None]


def calls(
    *made: Call,
    finish: str | None = "tool_calls",
    upto: int | None = None,
    usage: dict[str, int] | None = None,
    pause: float = 0.0,
) -> Step:
    """A reply that calls tools; `upto` cuts the arguments off after so many characters, without an end.

    `pause` is in seconds, before each piece of the arguments.
    """

    def step(exchange: Exchange) -> None:
        written = [(name, args if isinstance(args, str) else json.dumps(args)) for name, args in made]
        if not exchange.streams:
            tool_calls = [
                {"id": f"call{n}", "type": "function", "function": {"name": name, "arguments": args}}
                for n, (name, args) in enumerate(written)
            ]
            exchange.whole(completion({"content": None, "tool_calls": tool_calls}, "tool_calls"))
            return
        exchange.open_stream()
        exchange.event({"role": "assistant", "content": None})
        for number, (name, args) in enumerate(written):
            opening = {"index": number, "id": f"call{number}", "type": "function"}
            exchange.event({"tool_calls": [{**opening, "function": {"name": name, "arguments": ""}}]})
            shown = args if upto is None else args[:upto]
            for at in range(0, len(shown), PIECE):
                piece = {"index": number, "function": {"arguments": shown[at : at + PIECE]}}
                time.sleep(pause)
                exchange.event({"tool_calls": [piece]})
        if upto is None or finish == "length":
            exchange.event({}, finish)
            if usage:
                exchange.raw(f'data: {{"id": "c", "choices": [], "usage": {json.dumps(usage)}}}\n\n')
            exchange.raw("data: [DONE]\n\n")

    return step


def says(text: str, **more: Any) -> Step:
    """A reply in plain words."""

    def step(exchange: Exchange) -> None:
        if not exchange.streams:
            exchange.whole(completion({"content": text, **more}, "stop"))
            return
        exchange.open_stream()
        exchange.event({"role": "assistant", "content": "", **more})
        for at in range(0, len(text), PIECE):
            exchange.event({"content": text[at : at + PIECE]})
        exchange.event({}, "stop")
        exchange.raw("data: [DONE]\n\n")

    return step


def completion(message: dict[str, Any], finish: str) -> str:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return json.dumps(
        {"id": "c", "object": "chat.completion", "created": 1, "model": MODEL, "choices": [choice]}
    )


def fails(status: int, **headers: str) -> Step:
    """An error page that quotes the key back, as some vendors do."""

    def step(exchange: Exchange) -> None:
        error = {"error": {"message": f"{VENDOR}: {exchange.headers.get('Authorization')}", "type": "x"}}
        exchange.whole(json.dumps(error), status, **headers)

    return step


def replies(text: str | bytes, kind: str = "application/json") -> Step:
    return lambda exchange: exchange.whole(text, 200, kind)


def hangs(seconds: float) -> Step:
    return lambda exchange: time.sleep(seconds)


def drips(seconds: float, after: Step = Exchange.open_stream, pause: float = 0.02) -> Step:
    """A stream that, once `after` has opened it, always sends something and never gets anywhere."""

    def step(exchange: Exchange) -> None:
        after(exchange)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            exchange.raw(": keep-alive\n\n")
            exchange.event({"content": " "})
            time.sleep(pause)

    return step


def writes_without_end(characters: int) -> Step:
    def step(exchange: Exchange) -> None:
        exchange.open_stream()
        opening = {"index": 0, "id": "call0", "type": "function"}
        exchange.event({"tool_calls": [{**opening, "function": {"name": "Draft", "arguments": '{"x": "'}}]})
        for _ in range(characters // 1000):
            exchange.event({"tool_calls": [{"index": 0, "function": {"arguments": "y" * 1000}}]})

    return step


def closes_at_once(exchange: Exchange) -> None:
    exchange.handler.connection.close()


def streams_raw(text: str) -> Step:
    def step(exchange: Exchange) -> None:
        exchange.open_stream()
        exchange.raw(text)

    return step


def refuses(*fields: str) -> Callable[[Step], Step]:
    """Whatever it does, it first refuses a request that holds one of these fields."""

    def wrapped(step: Step) -> Step:
        def guarded(exchange: Exchange) -> None:
            if any(exchange.body.get(field) for field in fields):
                fails(400)(exchange)
            else:
                step(exchange)

        return guarded

    return wrapped


SUMMARY = says("A summary.")


class Endpoint:
    """The running server: its address, the requests it got, and the script it follows."""

    def __init__(self, steps: tuple[Step, ...], aside: Step) -> None:
        self.steps = steps
        self.aside = aside
        self.requests: list[dict[str, Any]] = []
        self.asides: list[dict[str, Any]] = []
        self.authorizations: list[str | None] = []
        self.url = ""
        self._lock = threading.Lock()

    def answer(self, exchange: Exchange) -> None:
        with self._lock:
            self.authorizations.append(exchange.headers.get("Authorization"))
            if "tools" not in exchange.body:
                self.asides.append(exchange.body)
                step = self.aside
            else:
                self.requests.append(exchange.body)
                step = self.steps[min(len(self.requests), len(self.steps)) - 1]
        step(exchange)


@contextmanager
def endpoint(*steps: Step, aside: Step = SUMMARY, port: int = 0) -> Generator[Endpoint]:
    """A server that takes one step for each request, the last one again and again.

    `aside` answers requests without tools: summaries and verdicts. `port` 0 is any that is free.
    """
    served = Endpoint(steps, aside)

    class Handler(BaseHTTPRequestHandler):
        # Each piece of a stream leaves at once, not when the client has acknowledged the one before.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                served.answer(Exchange(self, body))
            except OSError:
                # The client has gone, which is what some of these scripts are for.
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
