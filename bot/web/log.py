"""The log as JSON, one object a line, without what visitors wrote unless the settings ask for it."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from bot.settings import LogKind, Settings

# The key under which `log.info(…, extra={FIELDS: {…}})` carries an event's own fields.
FIELDS = "counterpoint_fields"
# What a server's own loggers would write in a form of their own.
SERVERS = ("uvicorn", "uvicorn.error", "uvicorn.access")


class JsonLines(logging.Formatter):
    """One JSON object for each record. `words`: whether messages of errors, which may quote, are kept."""

    def __init__(self, *, words: bool) -> None:
        super().__init__()
        self._words = words

    def format(self, record: logging.LogRecord) -> str:
        row: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # Arguments of a message may hold what a visitor wrote; the message itself is the program's.
            "event": record.getMessage() if self._words else str(record.msg),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info and record.exc_info[1]:
            row |= self._error(record.exc_info[1])
        return json.dumps(row, ensure_ascii=False, default=str)

    def _error(self, error: BaseException) -> dict[str, Any]:
        frames = traceback.extract_tb(error.__traceback__)
        told = {
            "error": type(error).__name__,
            "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-8:]],
        }
        return told | ({"message": str(error)} if self._words else {})


def set_up(settings: Settings) -> None:
    """Write the log as the settings say; with `plain`, Python's own way stays as it is."""
    if settings.log is not LogKind.JSON:
        return
    handler = logging.StreamHandler(sys.stderr)
    # Some libraries set their own loggers to say everything.
    handler.setLevel(logging.INFO)
    handler.setFormatter(JsonLines(words=settings.log_words))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("bot").setLevel(logging.INFO)


def take_over(settings: Settings) -> None:
    """Have the server's own loggers, which it sets up when it starts, write as all others do."""
    if settings.log is LogKind.JSON:
        for name in SERVERS:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True
