"""What a statement must not turn round: negation, doubt, and conditions.

Statement and evidence are laid side by side word for word (the longest matching runs first), so
that a word which stands both plain and negated in the evidence is compared with the right one.
Only words that both texts hold are compared; what the statement adds is found elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from bot.details import FUNCTION_WORDS, NEGATORS
from bot.wording import stem, words

# Verbs that deny what follows them, in every form; all but the first four also carry meaning.
DENIALS = frozenset(
    form
    for verb, past in (
        ("disagree", "disagreed"), ("deny", "denied"), ("doubt", "doubted"), ("reject", "rejected"),
        ("fail", "failed"), ("lack", "lacked"), ("refuse", "refused"),
    )
    for form in (verb, past, verb + "s", verb.removesuffix("y") + "ies", verb.removesuffix("e") + "ing")
)  # fmt: skip
DOUBTS = frozenset(
    """perhaps maybe possibly probably likely conceivable conceivably plausible may might could seem seems
    seemed seemingly appear appears appeared apparently allegedly supposedly suspect guess wonder
    speculate""".split()
)
PORTIONS = frozenset(
    "some sometimes often usually frequently most mostly many several few almost nearly largely partly "
    "somewhat rarely seldom occasionally".split()
)
CONDITIONS = frozenset("if unless until except provided".split())
# What should be is not what is.
DEMANDS = frozenset("should ought must".split())
# What keeps a limit of each kind, besides the words of that kind.
_KEPT_BY = {
    DOUBTS: DOUBTS | {"wish", "hope"},
    PORTIONS: PORTIONS,
    CONDITIONS: CONDITIONS | {"when", "once"},
    DEMANDS: DEMANDS | {"need", "needs", "needed", "imperative", "has", "have", "want", "wants", "let", "to"},
}
# “I do not think it helps” negates “helps”.
_TRANSPARENT = frozenset(
    "think believe suppose feel find agree accept say claim mean see want wish true".split()
)
_JOINING = frozenset({"and", "or", "nor"})

_REWRITES = tuple(
    (re.compile(pattern, re.I), plain)
    for pattern, plain in (
        (r"\bcan(?:not|['’]?t)\b", "can not"),
        (r"\bwon['’]?t\b", "will not"),
        (r"\b(do|does|did|is|are|was|were|would|should|could|has|have|had)n['’]?t\b", r"\1 not"),
        (r"\b(?:rather than|instead of|far from|anything but|by no means|in no way|no longer)\b", "not"),
        (r"\bnot (?:only|just|merely|simply|solely)\b", "also"),
        (r"\b(?:(?:whether )?or not|no doubt)\b", " "),
        (r"\bnothing but\b", "only"),
        (r"\b(?:non|anti|un|dis|pseudo)[-‐‑](?=\w)", "not "),
        (r"\beven if\b", "even"),
        (r"\b[Nn]o(?=,)", " "),
        (r"['’](?:s|re|ve|d|m|ll)\b", ""),
    )
)
_CLAUSE_END = re.compile(
    r"([.!?;…]|[,:—–()]|\s-\s|\b(?:but|because|although|though|while|whereas|unless|except)\b)", re.I
)
_SOFT_END = re.compile(r"[,:—–()]|\s-\s")


# How many words after a negator may still be negated by it, within its clause.
REACH = 10


class Polarity(Enum):
    """How a word stands: not negated, directly negated, or somewhere in reach of a negator."""

    PLAIN = 0
    NEGATED = 1
    UNSURE = 2


@dataclass
class _Marked:
    """A word that both texts hold, and how it stands."""

    stem: str
    polarity: Polarity


def turned_negations(statement: str, evidence: str) -> list[str]:
    """Words whose negation the statement adds, drops or moves, as seen from the evidence, in order.

    A negator bears on the next word that both texts hold in the unbroken run of content words after
    it; two in a row cancel out. Where both texts run alike, a negator between two words must stand in
    both. A negator too many, wherever it stands, is reported as “not”.
    """
    shared = _stems(statement) & _stems(evidence)
    ours, ours_count = _marked(statement, shared)
    theirs, theirs_count = _marked(evidence, shared)
    opposite = {Polarity.PLAIN: Polarity.NEGATED, Polarity.NEGATED: Polarity.PLAIN}
    turned = []
    for word, counterparts in _side_by_side(ours, theirs):
        if counterparts and all(other.polarity is opposite.get(word.polarity) for other in counterparts):
            turned.append(word.stem)
    turned = turned or _uneven(statement, evidence)
    as_written = {stem(word): word for word in reversed(words(statement))}
    return [as_written.get(each, each) for each in turned] or (["not"] if ours_count > theirs_count else [])


def dropped_limits(statement: str, evidence: str) -> list[str]:
    """Words of doubt, portion or condition that the evidence sets before or after what the statement uses.

    A statement that holds as many words of the same kind has kept them. “I think” and “I believe”
    are no limits here: a statement is always shown as its voice's own view.
    """
    statement, evidence = _rewritten(statement), _rewritten(evidence)
    shared = _stems(statement) & _stems(evidence)
    ours = [stem(word) for word in words(statement) if stem(word) in shared]
    theirs = list(_limited(evidence, shared))
    matcher = SequenceMatcher(None, ours, [word for word, _ in theirs], autojunk=False)
    used = {i for block in matcher.get_matching_blocks() for i in range(block.b, block.b + block.size)}
    needed = [limit for number, (_, limits) in enumerate(theirs) if number in used for limit in limits]
    dropped = []
    for kind, kept_by in _KEPT_BY.items():
        of_kind = [limit for limit in needed if limit in kind]
        kept = [word for word in words(statement) if word in kept_by]
        missing = [limit for limit in of_kind if limit not in kept]
        dropped += missing[: max(0, len(of_kind) - len(kept))]
    return dropped


def is_denial(word: str) -> bool:
    """Whether a casefolded word negates what it bears on."""
    return word in NEGATORS or word in DENIALS


def _uneven(statement: str, evidence: str) -> list[str]:
    """Words before which one text negates and the other does not, where both go on word for word.

    Content words are laid side by side first, then all words: “they do that” has lost a “never”
    that stands in “they never do that and never will”, though no content word tells.
    """
    for passed_over in (FUNCTION_WORDS, frozenset[str]()):
        found = _uneven_among(_negated_before(statement, passed_over), _negated_before(evidence, passed_over))
        if found:
            return found
    return []


def _uneven_among(ours: list[tuple[str, bool]], theirs: list[tuple[str, bool]]) -> list[str]:
    matcher = SequenceMatcher(None, [word for word, _ in ours], [word for word, _ in theirs], autojunk=False)
    return [
        ours[block.a + step][0]
        for block in matcher.get_matching_blocks()
        for step in range(1, block.size)
        if ours[block.a + step][1] != theirs[block.b + step][1]
    ]


def _negated_before(text: str, passed_over: Container[str]) -> list[tuple[str, bool]]:
    """The stem of each word that is not passed over, and whether an odd number of negators stands between
    it and the last one."""
    found, odd = [], False
    for word in words(_rewritten(text)):
        if is_denial(word):
            odd = not odd
        elif word not in passed_over:
            found.append((stem(word), odd))
            odd = False
    return found


def _side_by_side(ours: list[_Marked], theirs: list[_Marked]) -> Iterator[tuple[_Marked, list[_Marked]]]:
    """Each word of the statement with the one it is laid beside, or else with all that are alike."""
    matcher = SequenceMatcher(None, [w.stem for w in ours], [w.stem for w in theirs], autojunk=False)
    beside = {
        block.a + step: block.b + step
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    }
    for number, word in enumerate(ours):
        if number in beside:
            yield word, [theirs[beside[number]]]
        else:
            yield word, [other for other in theirs if other.stem == word.stem]


def _marked(text: str, shared: set[str]) -> tuple[list[_Marked], int]:
    """The shared words of a text with their polarity, and how many negators the text holds."""
    marked, clause_start, count, reach = list[_Marked](), 0, 0, 0
    pending = bare = False
    for part in _CLAUSE_END.split(_rewritten(text)):
        if _CLAUSE_END.fullmatch(part):
            if pending and bare and _SOFT_END.fullmatch(part):
                continue
            _close(marked[clause_start:], pending and bare)
            clause_start, reach, pending = len(marked), 0, False
            continue
        for word in words(part):
            reach -= 1
            if is_denial(word):
                pending = word == "nor" or not pending
                reach, bare, count = REACH if pending else 0, True, count + 1
            elif word in FUNCTION_WORDS or (pending and word in _TRANSPARENT):
                pending = pending and (bare or word in _JOINING)
            else:
                bare = False
                if stem(word) in shared:
                    marked.append(_Marked(stem(word), _polarity(pending, reach)))
                    pending = False
    _close(marked[clause_start:], pending and bare)
    return marked, count


def _polarity(pending: bool, reach: int) -> Polarity:
    if pending:
        return Polarity.NEGATED
    return Polarity.UNSURE if reach > 0 else Polarity.PLAIN


def _close(clause: list[_Marked], unspent: bool) -> None:
    """A negator with nothing after it (“that it heals is doubted”) bears on something before it."""
    for word in clause if unspent else ():
        word.polarity = Polarity.UNSURE


def _limited(text: str, shared: set[str]) -> Iterator[tuple[str, list[str]]]:
    """Each shared word of a text with the limits set on it."""
    tokens = [word for sentence in re.split(r"[.!?;…]", text) for word in _with_ends(sentence)]
    limits: dict[int, list[str]] = {}
    for at, word in enumerate(tokens):
        if word in DOUBTS | PORTIONS | DEMANDS:
            bears_on = _next_run(tokens, at + 1, shared)
        elif word in CONDITIONS:
            bears_on = _conditioned(tokens, at, shared)
        else:
            continue
        if bears_on is not None:
            limits.setdefault(bears_on, []).append(word)
    return ((stem(w), limits.get(at, [])) for at, w in enumerate(tokens) if stem(w) in shared)


def _with_ends(sentence: str) -> list[str]:
    plain = re.sub(r"\([^()]*\)", " ", sentence)
    clauses = [words(clause) for clause in re.split(r"[,:—–()]|\s-\s", plain)]
    return [*[word for clause in clauses for word in (*clause, ",")][:-1], "."]


def _next_run(tokens: list[str], at: int, shared: set[str]) -> int | None:
    """The first shared word in the unbroken run of content words that follows the small words at `at`."""
    while at < len(tokens) and tokens[at] in FUNCTION_WORDS and tokens[at] not in PORTIONS:
        at += 1
    while at < len(tokens) and tokens[at] not in FUNCTION_WORDS and tokens[at] not in ",.":
        if stem(tokens[at]) in shared:
            return at
        at += 1
    return None


def _conditioned(tokens: list[str], at: int, shared: set[str]) -> int | None:
    """What a condition limits: the words just before it, or where it opens its sentence, the main clause."""
    before = at - 1
    while before >= 0 and (tokens[before] == "," or tokens[before] in FUNCTION_WORDS):
        before -= 1
    if before >= 0 and tokens[before] != ".":
        return before if stem(tokens[before]) in shared else None
    end = next((i for i in range(at, len(tokens)) if tokens[i] in ",."), at)
    return _next_run(tokens, end + 1, shared) if tokens[end : end + 1] == [","] else None


def _stems(text: str) -> set[str]:
    return {
        stem(word) for word in words(_rewritten(text)) if word not in FUNCTION_WORDS and not is_denial(word)
    }


def _rewritten(text: str) -> str:
    """A text with contracted and roundabout negations spelt out, and those that negate nothing gone."""
    for pattern, plain in _REWRITES:
        text = pattern.sub(plain, text)
    return text
