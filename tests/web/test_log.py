from __future__ import annotations

import json
import logging
import sys

import pytest

from bot.settings import LogKind, Settings
from bot.web.log import FIELDS, JsonLines, set_up

WORDS = "what my sister told me"


def record(message: str, *arguments: object, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("bot.web", logging.INFO, __file__, 1, message, arguments, None)
    setattr(made, FIELDS, fields)
    return made


def failed() -> logging.LogRecord:
    made = record("A question could not be answered.")
    try:
        raise ValueError(WORDS)
    except ValueError:
        made.exc_info = sys.exc_info()
    return made


def line(made: logging.LogRecord, *, words: bool = False) -> dict:
    text = JsonLines(words=words).format(made)
    assert "\n" not in text
    return json.loads(text)


def test_an_event_is_one_object_with_its_fields() -> None:
    row = line(record("question", outcome="answered", seconds=0.1))
    assert (row["event"], row["outcome"], row["seconds"], row["level"]) == (
        "question",
        "answered",
        0.1,
        "info",
    )


def test_an_error_is_named_and_placed_without_its_words() -> None:
    row = line(failed())
    assert (row["error"], WORDS in json.dumps(row)) == ("ValueError", False)
    assert "test_log.py" in row["where"][-1]


def test_arguments_of_a_message_are_left_out() -> None:
    assert WORDS not in json.dumps(line(record("asked: %s", WORDS)))


def test_words_are_kept_where_they_are_wanted() -> None:
    assert line(failed(), words=True)["message"] == WORDS
    assert WORDS in line(record("asked: %s", WORDS), words=True)["event"]


@pytest.fixture
def root():
    logger = logging.getLogger()
    handlers, level = list(logger.handlers), logger.level
    yield logger
    logger.handlers[:], logger.level = handlers, level
    logging.getLogger("bot").setLevel(logging.NOTSET)


def test_a_plain_log_is_left_as_it_is(root: logging.Logger) -> None:
    before = list(root.handlers)
    set_up(Settings())
    assert root.handlers == before


def test_a_json_log_takes_the_place_of_every_other(root: logging.Logger) -> None:
    set_up(Settings(log=LogKind.JSON))
    assert [type(handler.formatter) for handler in root.handlers] == [JsonLines]
