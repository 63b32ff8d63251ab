"""Plain words out of whatever a visitor typed.

`fold` undoes disguise and haste before any rule is tried: case, accents, invisible characters, curly
quotes, letters from other scripts, digits for letters, spaced-out or repeated letters, contractions,
text-speak and common misspellings. Its result is lower-case words separated by single spaces; " . "
stands where a sentence ends. Pure, and total: any text folds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from bot.records import Record

_QUOTES = dict.fromkeys(map(ord, "‘’‚‛′´`ʼ＇ˈ"), "'") | dict.fromkeys(map(ord, "“”„‟«»″"), '"')
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһкмтвнαοερικυντ", "aeopcyxijsdhkmtbhaoepikuvt")
_FOREIGN_SCRIPT = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_INVISIBLE = re.compile(r"[\u115f\u1160\u3164\uffa0\u2800\u0000-\u0008\u000e-\u001f\u007f]")
_LEET = (str.maketrans("013457@$!€|", "oieastasiei"), str.maketrans("013457@$!€|", "oleastaslel"))
_LEET_INSIDE = re.compile(r"[a-z][0134578@$!€|*]|[@$*0134578][a-z]")
_LETTER_RUN = re.compile(r"(?<![^\s.,_\-*'\"(])(?:[a-z](?:[\s._\-*]{1,4})){2,}[a-z](?![a-z0-9'])")
_SENTENCE_END = re.compile(r"(?<!\.)[.!?;]+(?=\s|$|[\"')])|(?<=[a-z]{3})[.!?;](?=[a-z]{2})")
_TOKEN = re.compile(r"\.|#|\d+(?:\.\d+)?\s?mg\b|[^\W_]+")
_LONGEST_TOKEN = 60


class Spelling(Record):
    """What folding knows of words, as people edit it.

    `shorthand` maps a typed word to the words it stands for, `typos` a misspelling to its word,
    `pairs` two words to the one they make, `fuzzy` a key word to the number of slips (0 to 2 letters
    added, dropped, changed or swapped) that still count as it, `protected` lists real words that lie
    that close to a key word and must stay themselves.
    """

    shorthand: Mapping[str, str]
    typos: Mapping[str, str]
    pairs: Mapping[str, str]
    fuzzy: Mapping[str, int]
    protected: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The spelling table with the look-ups that folding needs, built once; no two are equal."""

    spelling: Spelling
    known: frozenset[str]
    thinned: Mapping[str, str] = field(default_factory=dict)
    protected: frozenset[str] = frozenset()

    @cached_property
    def slippery(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """The key words by their first letter, in which nobody slips, each with the slips allowed."""
        found: dict[str, list[tuple[str, int]]] = {}
        for key, slips in self.spelling.fuzzy.items():
            found.setdefault(key[0], []).append((key, slips))
        return found

    @classmethod
    def build(cls, spelling: Spelling, rule_words: frozenset[str]) -> Lexicon:
        """The lexicon of `spelling` and of every word that the rules are written with."""
        protected = frozenset(spelling.protected)
        known = rule_words | spelling.fuzzy.keys() | spelling.shorthand.keys() | spelling.typos.keys()
        thinned = {_thin(word): word for word in sorted(known) if len(word) > 3 and _thin(word) != word}
        return cls(spelling, frozenset(known), thinned, protected)


def fold(text: str, lexicon: Lexicon) -> str:
    """`text` as plain words with " . " between sentences; "" where it holds no word."""
    plain = _LETTER_RUN.sub(lambda run: _part(_letters(run.group()), lexicon), plain_letters(text))
    words = [word for piece in plain.split() for word in _words(piece, lexicon)]
    if words.count(".") * 3 > len(words):
        words = [word for word in words if word != "."]
    return _paired(" ".join(words), lexicon).strip(" .")


def quoted_spans(text: str) -> list[str]:
    """The pieces of `text` that stand between quotation marks, without the marks."""
    straight = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    spans = re.findall(r'"([^"]{2,600})"|(?:(?<=[\s(:,])|^)\'([^\'].{1,600}?)\'(?=[\s.,?!;:)]|$)', straight)
    return [double or single for double, single in spans]


def plain_letters(text: str) -> str:
    """`text` in lower case without accents, invisible characters and letters of a disguise."""
    text = unicodedata.normalize("NFKD", text.replace("…", " "))
    kept = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf", "Me"))
    kept = _INVISIBLE.sub("", unicodedata.normalize("NFKC", kept)).casefold().translate(_QUOTES)
    kept = re.sub(r"\S+", lambda word: _one_script(word.group()), kept)
    return re.sub(r"\.{2,}", " ", kept)


def _one_script(word: str) -> str:
    mixed = _FOREIGN_SCRIPT.search(word) and re.search(r"[a-z]", word)
    return word.translate(_LOOKALIKES) if mixed else word


def _letters(run: str) -> str:
    return re.sub(r"[^a-z]", "", run)


def _words(piece: str, lexicon: Lexicon) -> list[str]:
    """The words of one white-space separated piece of text."""
    bare = piece.strip("\"'()[]{}<>,.:;!?*_~-…#")
    if bare in lexicon.spelling.shorthand and not bare.isalpha():
        return lexicon.spelling.shorthand[bare].split()
    unmasked = _unleet(bare, lexicon) if _LEET_INSIDE.search(bare) and len(bare) <= _LONGEST_TOKEN else None
    if unmasked:
        piece = piece.replace(bare, unmasked)
    marked = _SENTENCE_END.sub(" . ", piece).replace("'", "")
    return [word for token in _TOKEN.findall(marked) for word in _word(token, lexicon)]


@lru_cache(maxsize=4096)
def _word(token: str, lexicon: Lexicon) -> Sequence[str]:
    token = token.replace(" ", "")
    shorthand = lexicon.spelling.shorthand
    for spelt in (token, _unrepeated(token, lexicon)):
        if spelt in shorthand:
            return shorthand[spelt].split()
        if (whole := _known(spelt, lexicon)) is not None:
            return shorthand.get(whole, whole).split()
    if 6 <= len(spelt) <= _LONGEST_TOKEN and spelt.isalpha() and spelt.isascii():
        parts = _part(spelt, lexicon).split()
        run_together = (
            len(parts) > 1
            and parts[0] in lexicon.known
            and all(part in lexicon.known and len(part) > 1 for part in parts[1:])
        )
        if run_together and any(part in lexicon.spelling.fuzzy and len(part) > 5 for part in parts):
            return [word for part in parts for word in shorthand.get(part, part).split()]
    return [spelt] if spelt != "#" else []


def _known(word: str, lexicon: Lexicon) -> str | None:
    """The known word that `word` is, or is a slip for; None where there is none."""
    spelling = lexicon.spelling
    if word in spelling.typos:
        return spelling.typos[word]
    if word in lexicon.known or word in lexicon.protected:
        return word
    if word in lexicon.thinned or _thin(word) in lexicon.thinned:
        return lexicon.thinned[_thin(word)]
    if not 5 <= len(word) <= 16:
        return None
    close = (key for key, slips in lexicon.slippery.get(word[0], ()) if _is_slip(word, key, slips))
    return next(close, None)


def _unrepeated(token: str, lexicon: Lexicon) -> str:
    """`token` with letters that are typed three times or more brought down to two or one."""
    if not re.search(r"([a-z])\1\1", token):
        return token
    twice = re.sub(r"([a-z])\1{2,}", r"\1\1", token)
    once = re.sub(r"([a-z])\1{2,}", r"\1", token)
    return next((form for form in (twice, once, _thin(token)) if form in lexicon.known), once)


def _thin(word: str) -> str:
    return re.sub(r"([a-z])\1+", r"\1", word)


def _unleet(word: str, lexicon: Lexicon) -> str | None:
    """The key word behind digits and signs ("su1c1de", "k!ll", "s*icide"); None where there is none."""
    if re.fullmatch(r"\d+(\.\d+)?(mg|ml|g|k|x|st|nd|rd|th|s)?|[ac]\d+(\.\d+)*", word):
        return None
    if "*" in word:
        shape = re.compile(re.escape(word).replace(r"\*", "[a-z]"))
        return next((key for key in sorted(lexicon.spelling.fuzzy) if shape.fullmatch(key)), None)
    for table in _LEET:
        known = _known(_unrepeated(word.translate(table), lexicon), lexicon)
        if known is not None and known not in lexicon.protected:
            return known
    return None


def _is_slip(word: str, key: str, slips: int) -> bool:
    """Whether `word`, of the same first letter, is `key` but for at most `slips` letters added, dropped,
    changed or swapped."""
    if abs(len(word) - len(key)) > slips:
        return False
    before: list[int] = []
    row = list(range(len(key) + 1))
    for i, letter in enumerate(word, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(key, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == key[j - 2] and word[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > slips:
            return False
    return row[-1] <= slips


def _part(letters: str, lexicon: Lexicon) -> str:
    """A run of letters cut into the fewest known words; letters that fit none stay together."""
    best: list[tuple[int, str]] = [(0, "")]
    for end in range(1, len(letters) + 1):
        stray = (best[end - 1][0] + 4, best[end - 1][1] + letters[end - 1])
        choices = [stray]
        for start in range(max(0, end - 14), end):
            word = letters[start:end]
            if word in lexicon.known and (len(word) > 1 or word in "iau"):
                choices.append((best[start][0] + 2, f"{best[start][1]} {word} "))
        best.append(min(choices, key=lambda choice: choice[0]))
    return " ".join(best[-1][1].split())


def _paired(words: str, lexicon: Lexicon) -> str:
    for pair, whole in lexicon.spelling.pairs.items():
        if pair in words:
            words = re.sub(rf"\b{pair}\b", whole, words)
    return words
