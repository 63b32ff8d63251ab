"""Reading a draft while it is still being written: each statement as soon as its last brace is there."""

from __future__ import annotations

import json
import re

from pydantic import ValidationError

from bot.draft import DraftStatement

STATEMENTS = re.compile(r'"statements"\s*:\s*\[')
PROPOSITION = re.compile(r'"proposition"\s*:\s*(?=")')
TOPICS = re.compile(r'"topics"\s*:\s*(?=\[)')
BETWEEN = re.compile(r"[\s,]*")


class DraftStream:
    """The JSON of one draft, fed piece by piece in any cut.

    Inside a JSON string every quote mark is escaped, so the patterns above can only match keys.
    """

    def __init__(self) -> None:
        self._text = ""
        self._at: int | None = None
        self._decoder = json.JSONDecoder()

    @property
    def proposition(self) -> str:
        """The proposition, once it is whole; "" before."""
        value = self._value_after(PROPOSITION)
        return value if isinstance(value, str) else ""

    @property
    def topics(self) -> list[str]:
        """The topics, once their list is whole; empty before."""
        value = self._value_after(TOPICS)
        return [topic for topic in value if isinstance(topic, str)] if isinstance(value, list) else []

    def feed(self, piece: str) -> list[DraftStatement]:
        """The statements that this piece completes, in order; those that are no statement are passed over."""
        self._text += piece
        if self._at is None:
            match = STATEMENTS.search(self._text)
            self._at = match.end() if match else None
        complete: list[DraftStatement] = []
        while self._at is not None:
            start = self._after_separators(self._at)
            try:
                value, end = self._decoder.raw_decode(self._text, start)
            except json.JSONDecodeError:
                break
            self._at = end
            try:
                complete.append(DraftStatement.model_validate(value))
            except ValidationError:
                # The agent reports a malformed draft to the model itself; nothing of it may be shown.
                continue
        return complete

    def _after_separators(self, at: int) -> int:
        match = BETWEEN.match(self._text, at)
        return match.end() if match else at

    def _value_after(self, key: re.Pattern[str]) -> object:
        match = key.search(self._text)
        if not match:
            return None
        try:
            return self._decoder.raw_decode(self._text, match.end())[0]
        except json.JSONDecodeError:
            return None
