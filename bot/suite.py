"""An answer as a case of an evaluation suite: the question, what it was, and what a right answer rests on.

The format is the design's, the same that `counterpoint eval run` reads. A case made here is a first
draft of one: what was shown stands as its gold until a person has looked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock

from bot.batch import read_lines
from bot.events import Turn
from bot.grounding import MIN_QUOTE_WORDS
from bot.records import Answer, Outcome, Stance
from bot.rendering import gist
from bot.wording import words

WITHOUT_GOLD = {
    Outcome.NOT_IN_COLLECTION: "absent",
    Outcome.OFF_TOPIC: "offtopic",
    Outcome.CRISIS: "crisis",
    Outcome.DECLINED: "advice",
}
_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)\s*")
_LOCK_SECONDS = 10


def suite_case(
    answer: Answer, history: Sequence[Turn] = (), tags: Iterable[str] = (), *, trusted: bool = True
) -> dict[str, Any]:
    """The case of an answer. `trusted`: what was shown is right, so its quotes are the gold."""
    earlier = [[turn.question, turn.gist or gist(turn.answer)] for turn in history]
    kind = _kind(answer, bool(earlier))
    asked = json.dumps([answer.question, earlier], ensure_ascii=False)
    return {
        "id": f"win-{hashlib.sha256(asked.encode()).hexdigest()[:10]}",
        "question": answer.question,
        "history": earlier,
        "kind": kind,
        "gold": _gold(answer) if trusted and answer.outcome not in WITHOUT_GOLD else [],
        "tags": ["from-window", *tags],
    }


def add_case(path: Path, case: dict[str, Any]) -> bool:
    """Add a case to a suite, made where it is not there yet; False where it holds that id already.

    Raises BatchError where the file is no suite, OSError where it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock", timeout=_LOCK_SECONDS):
        held = path.read_text("utf-8") if path.exists() else ""
        if held.strip() and any(value.get("id") == case["id"] for _, value in read_lines(path)):
            return False
        ended = "" if not held or held.endswith("\n") else "\n"
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{ended}{json.dumps(case, ensure_ascii=False)}\n")
    return True


def _kind(answer: Answer, follows: bool) -> str:
    if answer.outcome in WITHOUT_GOLD:
        return WITHOUT_GOLD[answer.outcome]
    if follows:
        return "followup"
    sides = {statement.stance for statement in answer.statements}
    return "contested" if sides & {Stance.FOR, Stance.AGAINST} else "factual"


def _gold(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"side": statement.stance.value, "any": _snippets(e.quote for e in statement.evidence)}
        for statement in answer.statements
    ]


def _snippets(quotes: Iterable[str]) -> list[str]:
    """Verbatim text: the pieces that an ellipsis joins, each long enough to be told from others."""
    found = []
    for quote in quotes:
        pieces = [piece for piece in _ELLIPSIS.split(quote) if len(words(piece)) >= MIN_QUOTE_WORDS]
        found += pieces or [quote]
    return list(dict.fromkeys(found))
