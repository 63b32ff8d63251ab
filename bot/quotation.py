"""Whose words are these: quoted spans found in a thread and the article above it.

A quotation is one of three things: words between QUOTE{} and ENDQUOTE{}, a run inside double quote marks,
or a paragraph that repeats an earlier passage word for word. Its source is the passage that holds the
words, exactly or nearly; else its owner is the person whom the introducing sentence names as speaking;
else "unknown". Runs of under four words (scare quotes) and titles of works are nobody's speech.

Pure: passages in, quotations out. Measured on the bundled text: near repeats score 0.97 and over, the
closest unrelated pair 0.23.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.corpus import Quotation
from bot.page import Marked
from bot.records import Passage, PassageKind
from bot.wording import locate, words

MIN_SPEECH_WORDS = 4
MIN_EXACT_WORDS = 5
MIN_NEAR_WORDS = 8
NEAR = 0.85
ALIKE = 0.6
MIN_ALIKE_WORDS = 20
UNKNOWN = "unknown"

_SHINGLE = 3
_COMMON = 200
_TITLE_WORDS = 12
_OPENING, _CLOSING = "“«", "”»"
_PERSON_TITLE = r"(?:(?:Dr|Prof|Mr|Mrs|Ms|Sir)\.?\s+)"
_CAPITAL = r"[A-ZÀ-Þ](?:[\w’'-]*\w|\.)?"
_NAME = re.compile(
    rf"{_PERSON_TITLE}{_CAPITAL}(?:\s+{_CAPITAL})*|{_CAPITAL}(?:\s+(?:(?:de|van|von|der|la)\s+)*{_CAPITAL})+"
)
_NO_NAME = frozenset(
    "A An And As At But By For From He Here How I If In It Like Of On Or She So The Then There They This "
    "To We What When While With Yes You".split()
)
_SAYS = re.compile(
    r"\b(?:admit|argue|ask|call|claim|conclude|declare|describe|explain|note|observe|point|put|quip|quote|"
    r"remark|remind|sa(?:id|y)|state|suggest|t(?:ell|old)|warn|wr(?:ite|ote))(?:s|d|ed)?\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)(?<!\bvs)(?<!\b[A-Z])[.!?…][\"”’)]*\s+(?=[\"“‘(]?[A-Z])"
)


@dataclass(frozen=True)
class Run:
    """Characters `start` to `end` of a passage's text that are quoted: the words without their marks."""

    start: int
    end: int
    is_marked: bool = False


@dataclass(frozen=True)
class _Place:
    """Where words stand: the passage's number, the first word's number there, how close (0 to 1)."""

    passage: int
    first: int
    closeness: float


def find_quotations(passages: Sequence[Passage], marked: Iterable[Marked] = ()) -> list[Quotation]:
    """Every quotation in `passages` (the article, then the thread, in reading order), in that order.

    `marked` holds the words that stood between QUOTE marks. A passage that repeats its own voice quotes
    nobody.
    """
    index = _Index(passages)
    marks: dict[str, list[str]] = defaultdict(list)
    for mark in marked:
        marks[mark.passage].append(mark.quote)
    found: list[Quotation] = []
    for number, passage in enumerate(passages):
        for run in _runs(passage.text, marks[passage.id]):
            found += _quotation(run, number, index, found)
        found += _repeats(number, index, found)
    return found


def quoted_runs(text: str) -> list[Run]:
    """The outermost runs inside double quote marks, paragraph by paragraph, without the marks.

    A paragraph that opens with a mark and closes none is one run if the next paragraph opens with one
    too. A mark without a partner is passed over.
    """
    runs: list[Run] = []
    paragraphs = list(re.finditer(r"(?:(?!\n\n).)+", text, re.DOTALL))
    for paragraph, following in zip(paragraphs, [*paragraphs[1:], None], strict=False):
        pairs, unclosed = _pairs(paragraph.group())
        goes_on = following is not None and following.group()[:1] in (*_OPENING, '"')
        if 0 in unclosed and goes_on:
            pairs = [(0, len(paragraph.group()) + 1)]
        outermost = [p for p in pairs if not any(q != p and q[0] <= p[0] and p[1] <= q[1] for q in pairs)]
        for opening, closing in sorted(outermost):
            start, end = paragraph.start() + opening + 1, paragraph.start() + closing - 1
            inner = text[start:end]
            start += len(inner) - len(inner.lstrip())
            if text[start:end].strip():
                runs.append(Run(start, start + len(inner.strip())))
    return runs


def named_speaker(introduction: str, following: str = "") -> str:
    """The one person whom a sentence names as saying what it introduces, "" where that is not clear.

    `introduction` is the sentence up to the quotation, `following` what comes after it.
    """
    after = re.match(rf"\s*[,.]?\s*(?:[—–-]\s*|{_SAYS.pattern}\s+)({_NAME.pattern})", following)
    speakers = [after.group(1)] if after else []
    names = [match for match in _NAME.finditer(introduction) if _plain_name(match.group())]
    for name, next_name in zip(names, [*names[1:], None], strict=False):
        told = introduction[name.end() : next_name.start() if next_name else None]
        if _SAYS.search(told) or told.strip() == ":":
            speakers.append(name.group())
    plain = {_plain_name(name) for name in speakers}
    return plain.pop() if len(plain) == 1 else ""


def is_work_title(quote: str) -> bool:
    """Whether a quoted run is the title of a book or film: each longer word has a capital."""
    longer = [word for word in re.findall(r"[^\W\d_][\w’'-]*", quote) if len(word) >= 4]
    titled = bool(longer) and all(word[0].isupper() for word in longer) and quote[:1].isupper()
    return titled and not quote.isupper() and len(words(quote)) <= _TITLE_WORDS


def alike(comments: Sequence[Passage]) -> list[list[Passage]]:
    """Groups of comments that are nearly the same words, so that one person must have sent them twice.

    Words inside quote marks do not count, and a reply is never joined with what it answers. Over the
    bundled text the one such pair shares 0.69 of its words, the closest other pair 0.19.
    """
    vocabulary = {c.id: frozenset(words(_unquoted(c.text))) for c in comments}
    joined: dict[str, list[Passage]] = {}
    for first, second in _sharing(comments):
        ours, theirs = vocabulary[first.id], vocabulary[second.id]
        if min(len(ours), len(theirs)) < MIN_ALIKE_WORDS or second.id.startswith(f"{first.id}."):
            continue
        if len(ours & theirs) >= ALIKE * len(ours | theirs) and second.id not in joined:
            joined.setdefault(first.id, [first]).append(second)
            joined[second.id] = joined[first.id]
    groups = {id(group): group for group in joined.values()}
    return list(groups.values())


class _Index:
    """The words of every passage, found by three in a row."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        self.words = [words(passage.text) for passage in passages]
        self._places: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
        for number, tokens in enumerate(self.words):
            for at, shingle in _shingles(tokens):
                self._places[shingle].append((number, at))

    def places(self, tokens: Sequence[str], but: int) -> Iterator[_Place]:
        """Where `tokens` may stand in passages other than `but`, with how closely they do."""
        votes: dict[int, Counter[int]] = defaultdict(Counter)
        for at, shingle in _shingles(tokens):
            standing = self._places.get(shingle, ())
            for number, position in standing if len(standing) <= _COMMON else ():
                if number != but:
                    votes[number][position - at] += 1
        for number in sorted(votes):
            offset = min(votes[number].items(), key=lambda vote: (-vote[1], vote[0]))[0]
            yield self._place(tokens, number, offset)

    def _place(self, tokens: Sequence[str], number: int, offset: int) -> _Place:
        slack = 3 + len(tokens) // 6
        low = max(0, offset - slack)
        window = self.words[number][low : offset + len(tokens) + slack]
        matcher = SequenceMatcher(None, tokens, window, autojunk=False)
        blocks = [block for block in matcher.get_matching_blocks() if block.size >= 2]
        if not blocks:
            return _Place(number, low, 0.0)
        first, last = blocks[0].b, blocks[-1].b + blocks[-1].size
        matched = sum(block.size for block in blocks)
        return _Place(number, low + first, 2 * matched / (len(tokens) + last - first))


def _shingles(tokens: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for at in range(len(tokens) - _SHINGLE + 1):
        yield at, tuple(tokens[at : at + _SHINGLE])


def _runs(text: str, marks: Iterable[str]) -> list[Run]:
    """The marked runs, and the runs in quote marks that lie in none of them, in the order of the text."""
    spans = [span for span in (locate(mark, text) for mark in marks) if span]
    runs = [Run(start, end, is_marked=True) for start, end in spans]
    outside = [r for r in quoted_runs(text) if not any(s <= r.start and r.end <= e for s, e in spans)]
    return sorted([*runs, *outside], key=lambda run: run.start)


def _quotation(run: Run, number: int, index: _Index, found: Sequence[Quotation]) -> list[Quotation]:
    passage = index.passages[number]
    quote = passage.text[run.start : run.end]
    tokens = words(quote)
    if len(tokens) < MIN_SPEECH_WORDS and not run.is_marked:
        return []
    source = _source(tokens, number, index)
    if source is not None:
        return _from_source(source, passage, quote, found)
    if is_work_title(quote) and not run.is_marked:
        return []
    return [Quotation(passage=passage.id, quote=quote, owner=_owner(run, number, index.passages))]


def _source(tokens: Sequence[str], number: int, index: _Index) -> Passage | None:
    """The passage that `tokens` come from: the earliest that holds them all, else the closest.

    A passage further down the page counts only where none above holds the words: a reply may have been
    written after a comment that stands below it.
    """
    places = [place for place in index.places(tokens, but=number) if _is_close(place, tokens)]
    above = [place for place in places if place.passage < number]
    if not above and len(tokens) < MIN_NEAR_WORDS:
        return None
    chosen = max(above or places, key=lambda place: (place.closeness, -place.passage), default=None)
    return index.passages[chosen.passage] if chosen else None


def _is_close(place: _Place, tokens: Sequence[str]) -> bool:
    needed = NEAR if len(tokens) >= MIN_NEAR_WORDS else 1.0
    return len(tokens) >= MIN_EXACT_WORDS and place.closeness >= needed


def _from_source(
    source: Passage, passage: Passage, quote: str, found: Sequence[Quotation]
) -> list[Quotation]:
    """The quotation with its source, or with the owner from whom the source itself has the words."""
    if source.voice == passage.voice:
        return []
    tokens = words(quote)
    for earlier in found:
        if earlier.passage == source.id and earlier.owner and _holds(words(earlier.quote), tokens):
            return [Quotation(passage=passage.id, quote=quote, owner=earlier.owner)]
    return [Quotation(passage=passage.id, quote=quote, source=source.id)]


def _holds(tokens: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    return any(tokens[at : at + size] == wanted for at in range(len(tokens) - size + 1))


def _repeats(number: int, index: _Index, found: Sequence[Quotation]) -> Iterator[Quotation]:
    """The paragraphs of a comment that stand word for word in an earlier passage, without quote marks."""
    passage = index.passages[number]
    if passage.kind is not PassageKind.COMMENT:
        return
    known = [locate(q.quote, passage.text) for q in found if q.passage == passage.id]
    for paragraph in re.finditer(r"[^\n]+", passage.text):
        tokens = words(paragraph.group())
        covered = any(span and span[0] < paragraph.end() and paragraph.start() < span[1] for span in known)
        if covered or len(tokens) < MIN_NEAR_WORDS:
            continue
        for place in index.places(tokens, but=number):
            source = index.passages[place.passage]
            if place.passage < number and place.closeness == 1.0:
                yield from _from_source(source, passage, paragraph.group().strip(), found)
                break


def _owner(run: Run, number: int, passages: Sequence[Passage]) -> str:
    text = passages[number].text
    before = text[: run.start].rstrip(_OPENING + '" \n')
    opens_paragraph = "\n" in text[len(before) : run.start] or not before
    if not before and number and passages[number].kind is PassageKind.ARTICLE:
        before = passages[number - 1].text
        before = before if before.endswith(":") else ""
    introduction = _last_sentence(before)
    following = "" if opens_paragraph else text[run.end :].lstrip(_CLOSING + '"')
    speaker = named_speaker(introduction, re.split(r"\n", following)[0])
    if speaker or not opens_paragraph:
        return speaker or UNKNOWN
    works = [introduction[work.start : work.end] for work in quoted_runs(introduction)]
    works = [work.rstrip(".,") for work in works if is_work_title(work)]
    return works[0] if len(works) == 1 else UNKNOWN


def _last_sentence(text: str) -> str:
    paragraph = text.rstrip().rsplit("\n", 1)[-1]
    ends = [match.end() for match in _SENTENCE_END.finditer(paragraph)]
    return paragraph[ends[-1] :] if ends else paragraph


def _plain_name(name: str) -> str:
    """A name without its title, without words that only begin the sentence, and without “’s”; "" if none."""
    name = re.sub(r"[’']s$", "", re.sub(rf"^{_PERSON_TITLE}", "", name))
    parts = name.split()
    while parts and parts[0] in _NO_NAME:
        parts = parts[1:]
    return " ".join(parts) if len(parts) > 1 or re.match(_PERSON_TITLE, name) else ""


def _pairs(paragraph: str) -> tuple[list[tuple[int, int]], list[int]]:
    """Matching quote marks as (index of the opening, index after the closing), and openings left alone."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for at, sign in enumerate(paragraph):
        before = paragraph[at - 1] if at else " "
        if sign in _OPENING or (sign == '"' and (before.isspace() or before in "([—–-“")):
            opened.append(at)
        elif opened and sign in (*_CLOSING, '"'):
            pairs.append((opened.pop(), at + 1))
    return pairs, opened


def _unquoted(text: str) -> str:
    for run in reversed(quoted_runs(text)):
        if len(words(text[run.start : run.end])) >= MIN_SPEECH_WORDS:
            text = text[: run.start] + text[run.end :]
    return text


def _sharing(comments: Sequence[Passage]) -> list[tuple[Passage, Passage]]:
    """Pairs of comments that share at least one rare run of five words, in reading order."""
    holders: Mapping[tuple[str, ...], list[int]] = defaultdict(list)
    for number, comment in enumerate(comments):
        tokens = words(comment.text)
        for run in {tuple(tokens[at : at + 5]) for at in range(len(tokens) - 4)}:
            holders[run].append(number)
    pairs = {(a, b) for group in holders.values() if len(group) <= 20 for a in group for b in group if a < b}
    return [(comments[a], comments[b]) for a, b in sorted(pairs)]
