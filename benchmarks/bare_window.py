"""Gradio alone: a page with the same parts whose handler replays the states of one recorded answer."""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from bot.guide import open_guide
from bot.settings import Settings, quiet_libraries
from bot.web.conversation import Conversation

QUESTION = "Would you call a good therapist a healer?"
MANY_VISITORS = 200


def recorded() -> list[list[dict[str, str]]]:
    """The chat's messages after each event of one answer."""

    async def record(place: str) -> list[list[dict[str, str]]]:
        guide = open_guide(Settings(data_dir=Path(place)))
        conversation = Conversation().asking(QUESTION, guide.collection)
        states = [conversation.messages(guide.collection)]
        async for event in guide.stream(QUESTION):
            conversation = conversation.after(event, guide.collection)
            states.append(conversation.messages(guide.collection))
        guide.close()
        return states

    with tempfile.TemporaryDirectory() as place:
        return asyncio.run(record(place))


def main() -> None:
    quiet_libraries()
    states = recorded()

    async def ask(_: str, __: Any) -> AsyncIterator[tuple[Any, ...]]:
        for state in states:
            yield state, None

    def arrived(kept: str) -> str:
        return kept

    with gr.Blocks(analytics_enabled=False) as page:
        kept = gr.State(None)
        chat, box = gr.Chatbot(), gr.Textbox(elem_id="question")
        button = gr.Button("Ask", elem_id="ask")
        button.click(ask, [box, kept], [chat, kept])
        # What the visitors of both windows find their way by.
        bridge = gr.HTML(elem_id="bridge")
        page.load(arrived, bridge, bridge)
    page.queue(max_size=256, default_concurrency_limit=None)
    page.launch(
        server_name="127.0.0.1",
        server_port=int(os.environ["PORT"]),
        prevent_thread_lock=True,
        quiet=True,
        max_threads=MANY_VISITORS,
        ssr_mode=False,
    )
    print("The bare window is ready at its port", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
