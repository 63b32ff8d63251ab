"""What the server says to the page's own scripts, beside what it shows: a few kinds of message.

They travel as the value of one part of the page that draws nothing; `bridge.js` reads them and sends
the visitor's acts back as that part's events.
"""

from __future__ import annotations

import secrets
from typing import Any, Literal

import gradio as gr
from pydantic import Field

from bot.records import Record

ON_LOAD = (
    "counterpoint.bridge({read: () => props.value, watch, "
    "again: () => trigger('retry'), edit: () => trigger('edit'), leave: () => trigger('undo'), "
    "save: (data) => trigger('download', data), judge: (data) => trigger('like', data), "
    "add: (data) => trigger('select', data)})"
)


def update(value: str | None) -> dict[str, Any]:
    """A part's new value, or for None that it stays as it is.

    Never a bare value for a part that is sometimes skipped: Gradio 6 would then keep every value, each
    as a part of its own, for as long as the session lasts.
    """
    return gr.skip() if value is None else gr.update(value=value)


class Message(Record):
    """`mark` tells a message from the same one sent again, which would otherwise change nothing."""

    mark: str = Field(default_factory=lambda: secrets.token_hex(4))

    @property
    def sent(self) -> dict[str, Any]:
        """As the bridge carries it."""
        return update(self.model_dump_json())


class Keep(Message):
    """Keep this text on the device in place of what it keeps; "" for nothing."""

    kind: Literal["keep"] = "keep"
    text: str


class Open(Message):
    """The page's conversation is open here; keep this text from now on."""

    kind: Literal["open"] = "open"
    text: str


class Reload(Message):
    """This side no longer knows the page's conversation: load the page anew, then ask this question."""

    kind: Literal["reload"] = "reload"
    question: str


class Save(Message):
    """Offer a file to be saved."""

    kind: Literal["save"] = "save"
    name: str
    type: str
    text: str


def bridge_part() -> gr.HTML:
    """The part of the page that carries messages and events. It must be in the page, and is not seen."""
    return gr.HTML(
        "", elem_id="bridge", html_template="<i></i>", js_on_load=ON_LOAD, visible="hidden", padding=False
    )
