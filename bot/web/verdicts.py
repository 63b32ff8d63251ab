"""The check's rules in plain words, and how one statement fared under each."""

from __future__ import annotations

from dataclasses import dataclass

from bot.records import Finding, FindingKind
from bot.web.plain_text import plain

# In the order in which the check tries them.
RULES = {
    FindingKind.PASSAGE_UNREAD: "The passage is here and was read for this question",
    FindingKind.QUOTE_NOT_FOUND: "The quote stands in it, word for word",
    FindingKind.QUOTE_OF_ANOTHER: "The words are the speaker's own",
    FindingKind.VOICE_NOT_THE_SPEAKER: "The speaker wrote the passage",
    FindingKind.DETAIL_NOT_IN_QUOTE: "No number, name or “not” is added or turned",
    FindingKind.WORDS_NOT_CARRIED: "The claim's words stand in what is quoted",
    FindingKind.STANCE_AGAINST_MAP: "The side agrees with the map of the debate",
}
BEYOND = "It is plain, and not shown already"
STATES = {"passed": "passed", "failed": "failed", "untried": "not tried"}


@dataclass(frozen=True)
class Verdict:
    """One rule on one statement: `passed`, `failed` (with what was found) or `untried`."""

    rule: str
    state: str
    detail: str = ""


def verdicts(finding: Finding | None, beyond: str = "") -> list[Verdict]:
    """Every rule's verdict, given the first finding; `beyond`: why it was dropped after passing them all."""
    found, state = [], "passed"
    for kind, rule in RULES.items():
        if finding and kind is finding.kind:
            found.append(Verdict(rule, "failed", finding.detail))
            state = "untried"
        else:
            found.append(Verdict(rule, state))
    if beyond:
        found.append(Verdict(BEYOND, "failed", beyond))
    return found


def verdicts_html(found: list[Verdict]) -> str:
    """The verdicts as a list."""
    items = "".join(
        f'<li class="{each.state}"><span class="state">{STATES[each.state]}</span> '
        f"<span>{plain(each.rule)}{_detail(each)}</span></li>"
        for each in found
    )
    return f'<ol class="verdicts">{items}</ol>'


def _detail(verdict: Verdict) -> str:
    return f'<br><strong class="why">{plain(verdict.detail)}</strong>' if verdict.detail else ""
