"""Starting and ending the chat window: the port, the page, the guide, the signals."""

from __future__ import annotations

import errno
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType
from typing import TYPE_CHECKING

from bot.corpus import Collection, CollectionError, load_collection
from bot.deck import load_deck
from bot.facts import load_facts
from bot.phrases import rulebook
from bot.positions import load_map
from bot.rehearsal import Rehearsal
from bot.settings import Settings, SettingsError, load_settings, quiet_libraries
from bot.web import log as web_log
from bot.web.proxies import ProxyListError, networks

if TYPE_CHECKING:
    import gradio

    from bot.web.conversation import AnyGuide
    from bot.web.metrics import Metrics
    from bot.web.proxies import Network
    from bot.web.stage import Stage

ANYWHERE = {"0.0.0.0", "::", ""}
MANY_VISITORS = 200
# Gradio keeps a session, near a megabyte, for an hour after its page has closed. A page whose session was
# let go earlier loads anew and brings back what its device keeps.
SESSIONS_KEPT = 400
COMPILING_PAUSE = 0.1

Opener = Callable[[Settings], "AnyGuide"]


class OpeningError(ValueError):
    """The guide cannot be opened; the message is the guide's own and says what to do."""


class AddressError(ValueError):
    """The window cannot listen where the settings say; the message says what to change."""


def main() -> int:
    """Serve with the settings of the environment. Returns the process's exit code."""
    try:
        return serve(load_settings())
    except SettingsError as error:
        return _say(error)


def serve(settings: Settings, opener: Opener | None = None) -> int:
    """Serve the window until a signal ends it; 0 then, 1 after one plain sentence on standard error.

    The page answers as soon as Gradio is up; the guide (`opener`, else `bot.guide.open_guide`)
    opens behind it, and the ready line is printed once both are there.
    """
    quiet_libraries()
    web_log.set_up(settings)
    signal.signal(signal.SIGTERM, _interrupt)
    # What is made while opening stays: to look through it for garbage would take a tenth of the time.
    gc.disable()
    try:
        claim_address(settings.host, settings.port)
        return _serve(settings, load_collection(settings.collection_dir), opener or _open_guide)
    except KeyboardInterrupt:
        return 0
    except (AddressError, CollectionError, OpeningError, ProxyListError) as error:
        return _say(error)
    finally:
        gc.enable()


def claim_address(host: str, port: int) -> None:
    """Make sure that `host` and `port` can be listened on; AddressError says why they cannot."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise AddressError(_why_not(error, host, port)) from error


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is already taken: stop what uses it, or choose another with PORT={_other(port)}."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this account: choose one above 1023 with PORT=7860."
    return f"{host} is no address of this machine: set HOST=127.0.0.1, or HOST=0.0.0.0 for all of them."


def _other(port: int) -> int:
    return port + 1 if port < 65535 else 7860


def _serve(settings: Settings, collection: Collection, opener: Opener) -> int:
    debate = load_map(settings.collection_dir)
    deck = load_deck(settings.collection_dir, debate)
    # Importing Gradio takes seconds, so it comes only after all that can be refused at once.
    from bot.web.shared import SharedGuide, own_questions
    from bot.web.stage import Stage
    from bot.web.watched import WatchedGuide
    from bot.web.window import Window
    from bot.web.workings import Workings

    guide: Future[AnyGuide] = Future()
    workings = Workings()
    rehearsal = Rehearsal(settings, collection, debate, deck) if deck else None
    stage = Stage(settings, collection, debate, rehearsal, guide, workings)
    trusted, metrics = networks(settings.trusted_proxies), _metrics(settings)
    page = Window(collection, settings, guide, workings).blocks()
    try:
        _launch(page, settings, app_parts(settings, guide, stage, metrics, trusted))
        ours = own_questions(debate, load_facts(settings.collection_dir), deck)
        guide.set_result(WatchedGuide(SharedGuide(_opened(opener, settings), ours), metrics))
        gc.freeze()
        gc.enable()
        print(f"Counterpoint is ready at {shown_address(settings.host, settings.port)}", flush=True)
        # Little by little, so that no visitor waits for it, and none waits for a pattern later on.
        for _ in rulebook().compiling():
            time.sleep(COMPILING_PAUSE)
        threading.Event().wait()
    finally:
        page.close(verbose=False)
        if guide.done():
            guide.result().close()
        guide.cancel()
    return 0


def _launch(page: gradio.Blocks, settings: Settings, parts: dict) -> None:
    """Let the page answer, in a thread of Gradio's own, with all that it would add switched off."""
    from gradio.routes import templates

    from bot.web.first_page import speak_for_ourselves
    from bot.web.window import head_html, theme

    speak_for_ourselves(templates.env)

    # Whose word on addresses counts is decided in one place, bot.web.proxies.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    page.launch(
        server_name=settings.host,
        server_port=settings.port,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        show_error=False,
        run_history=False,
        footer_links=[],
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        max_threads=MANY_VISITORS,
        state_session_capacity=SESSIONS_KEPT,
        theme=theme(),
        head=head_html(),
        app_kwargs=parts,
    )
    web_log.take_over(settings)


def _opened(opener: Opener, settings: Settings) -> AnyGuide:
    try:
        return opener(settings)
    except (ValueError, RuntimeError, OSError) as error:
        # The families to which the errors of collection, index, prompts and model belong.
        raise OpeningError(str(error)) from error


def _metrics(settings: Settings) -> Metrics | None:
    if not settings.metrics:
        return None
    from bot.web.metrics import Metrics

    return Metrics()


def app_parts(
    settings: Settings,
    guide: Future[AnyGuide],
    stage: Stage,
    metrics: Metrics | None = None,
    trusted: tuple[Network, ...] = (),
) -> dict:
    """What stands beside Gradio in the app: the other pages, and who keeps its doors; no open docs."""
    from fastapi.exceptions import RequestValidationError
    from starlette.middleware import Middleware

    from bot.web.gatekeeper import Gatekeeper, not_understood
    from bot.web.health import routes
    from bot.web.operator_door import OperatorDoor
    from bot.web.proxies import Proxies
    from bot.web.same_origin import SameOrigin

    pages = [*stage.visitor_routes(), *stage.operator_routes()]
    return {
        "routes": [*routes(settings, guide, metrics), *pages],
        "lifespan": stage.lifespan,
        # The first is the outermost.
        "middleware": [
            Middleware(Proxies, trusted=trusted),
            Middleware(Gatekeeper),
            Middleware(SameOrigin),
            Middleware(OperatorDoor, password=settings.operator_password),
        ],
        "exception_handlers": {RequestValidationError: not_understood},
        "openapi_url": None,
        "docs_url": None,
        "redoc_url": None,
    }


def shown_address(host: str, port: int) -> str:
    """The address to type into a browser on this machine."""
    host = "127.0.0.1" if host in ANYWHERE else host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _open_guide(settings: Settings) -> AnyGuide:
    from bot.guide import open_guide

    return open_guide(settings)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(error: Exception) -> int:
    print(error, file=sys.stderr, flush=True)
    return 1
