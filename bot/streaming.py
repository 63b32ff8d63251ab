"""Reading a draft while it is still being written: each statement as soon as its last brace is there."""

from __future__ import annotations

import json
import re

from pydantic import ValidationError

from bot.draft import DraftStatement

STATEMENTS = re.compile(r'"statements"\s*:\s*\[')
PROPOSITION = re.compile(r'"proposition"\s*:\s*(?=")')
TOPICS = re.compile(r'"topics"\s*:\s*(?=\[)')
# A key with the white space that a model may put around its colon.
LONGEST_KEY = 64
# Not whole yet, or nested or counted beyond all sense; either way there is nothing to take.
NOT_YET = (ValueError, RecursionError)
BETWEEN = re.compile(r"[\s,]*")


class DraftStream:
    """The JSON of one draft, fed piece by piece in any cut.

    Inside a JSON string every quote mark is escaped, so the patterns above can only match keys.
    """

    def __init__(self) -> None:
        self._text = ""
        self._at: int | None = None
        self._read = 0
        self._decoder = json.JSONDecoder()
        self._values: dict[re.Pattern[str], object] = {}
        self._starts: dict[re.Pattern[str], int] = {}
        self._searched: dict[re.Pattern[str], int] = {}

    @property
    def proposition(self) -> str:
        """The proposition, once it is whole; "" before."""
        value = self._values.get(PROPOSITION)
        return value if isinstance(value, str) else ""

    @property
    def topics(self) -> list[str]:
        """The topics, once their list is whole; empty before."""
        value = self._values.get(TOPICS)
        return [topic for topic in value if isinstance(topic, str)] if isinstance(value, list) else []

    @property
    def drafted(self) -> int | None:
        """How many statements the draft has; None until its list of them is closed."""
        if self._at is None or not self._text.startswith("]", self._after_separators(self._at)):
            return None
        return self._read

    @property
    def framed(self) -> bool:
        """Whether the draft has said what its sides are sides of: a topic, or else a proposition."""
        return bool(self.topics) or {TOPICS, PROPOSITION} <= self._values.keys()

    def feed(self, piece: str) -> list[DraftStatement]:
        """The statements that this piece completes, in order; those that are no statement are passed over."""
        self._text += piece
        for key, closing in ((PROPOSITION, '"'), (TOPICS, "]")):
            if closing in piece and key not in self._values:
                self._read_value(key)
        if self._at is None:
            self._at = self._find(STATEMENTS)
        # Only a closing brace can complete a statement; trying at every piece would cost the square.
        return self._complete() if self._at is not None and "}" in piece else []

    def _complete(self) -> list[DraftStatement]:
        complete: list[DraftStatement] = []
        while self._at is not None:
            start = self._after_separators(self._at)
            try:
                value, end = self._decoder.raw_decode(self._text, start)
            except NOT_YET:
                break
            self._at = end
            self._read += 1
            try:
                complete.append(DraftStatement.model_validate(value))
            except ValidationError:
                # The agent reports a malformed draft to the model itself; nothing of it may be shown.
                continue
        return complete

    def _after_separators(self, at: int) -> int:
        match = BETWEEN.match(self._text, at)
        return match.end() if match else at

    def _read_value(self, key: re.Pattern[str]) -> None:
        start = self._starts.get(key) or self._find(key)
        if start is None:
            return
        self._starts[key] = start
        try:
            self._values[key] = self._decoder.raw_decode(self._text, start)[0]
        except NOT_YET:
            # The next closing sign tries again.
            return

    def _find(self, key: re.Pattern[str]) -> int | None:
        """Where what follows `key` begins; searched on from where the last search could have missed it."""
        match = key.search(self._text, max(0, self._searched.get(key, 0) - LONGEST_KEY))
        self._searched[key] = len(self._text)
        return match.end() if match else None
