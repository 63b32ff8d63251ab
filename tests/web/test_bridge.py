import asyncio
import json
from typing import Any

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from bot.web.bridge import Keep, Reload, update


def parts_kept(*sent: Any) -> int:
    """How many parts more than the page's own a session keeps, when one of them was sent these."""
    with gr.Blocks() as page:
        part = gr.HTML("")
        page.load(lambda: None, None, part)
    session = SessionState(page)
    own = len(session.blocks_config.blocks)
    for each in sent:
        asyncio.run(page.postprocess_data(page.fns[0], each, session))
    return len(session.blocks_config.blocks) - own


def test_a_session_keeps_no_earlier_value_of_a_part_that_is_sometimes_skipped() -> None:
    assert parts_kept(*(update(value) for value in ("one", None, "two", None, "three"))) == 0


@pytest.mark.xfail(strict=True, reason="Gradio 6 keeps them; were it mended, `update` would not be needed")
def test_nor_would_it_of_bare_values() -> None:
    assert parts_kept("one", update(None), "two", update(None), "three") == 0


def test_a_message_is_one_update_of_the_bridge() -> None:
    sent = Keep(text="kept").sent
    assert json.loads(sent["value"])["text"] == "kept"


def test_the_same_message_twice_is_two() -> None:
    first, second = Reload(question="Why?").sent, Reload(question="Why?").sent
    assert first != second
