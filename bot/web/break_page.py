"""What the check says of a statement that was broken on purpose, with what was changed marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from bot.corpus import Collection
from bot.grounding import Stances, check_statement, grounds_for
from bot.records import Answer, Statement
from bot.web.answer_page import citation_html, sentence
from bot.web.plain_text import plain
from bot.web.verdicts import verdicts, verdicts_html

TOKEN = re.compile(r"\S+")
CAUGHT = "Caught. This statement would be dropped."
UNCHANGED = "This is the statement as it stood, and it passes."
MISSED = "Not caught: the check lets this through. It is a limit of the check, and worth reporting."
NOT_APPLICABLE = "No such error can be made of this statement: choose another one."


def broken_html(
    sound: Statement, wrong: Statement, answer: Answer, collection: Collection, stances: Stances | None
) -> str:
    """The broken statement beside what it was, and every rule's verdict on it, found now."""
    grounds = grounds_for(collection, answer.provenance.passages_read)
    finding = next(iter(check_statement(wrong, grounds, stances)), None)
    outcome, said = "caught", CAUGHT
    if finding is None:
        same = wrong.model_dump(exclude={"check"}) == sound.model_dump(exclude={"check"})
        outcome, said = ("unchanged", UNCHANGED) if same else ("missed", MISSED)
    before, after = sound.evidence[0], wrong.evidence[0]
    link = citation_html(after.passage, collection)
    return (
        f'<p class="outcome {outcome}"><strong>{plain(said)}</strong></p>'
        f'<div class="planted"><p class="said"><strong class="speaker">'
        f"{marked(sound.speaker, wrong.speaker)}</strong> "
        f"{marked(sentence(sound.text), sentence(wrong.text))}</p>"
        f"<blockquote>“{marked(before.quote, after.quote)}” {link}</blockquote></div>"
        f"{verdicts_html(verdicts(finding))}"
    )


def not_applicable_html() -> str:
    """What is said where the error cannot be made."""
    return f'<p class="outcome unchanged">{plain(NOT_APPLICABLE)}</p>'


def marked(before: str, after: str) -> str:
    """`after` with its words that are new in <ins> and those that are gone in <del>."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    html = []
    for change, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            html.append(_words(new[c:d]))
            continue
        html += [f"<del>{_words(old[a:b])}</del>"] if a < b else []
        html += [f"<ins>{_words(new[c:d])}</ins>"] if c < d else []
    return " ".join(html)


def _words(words: Sequence[str]) -> str:
    return plain(" ".join(words))
