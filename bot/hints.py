"""The care screen's second net: a small linear classifier over everything that is known of a message.

It weighs words, letters, two sentence vectors, some signs and the rules that fired to a score from 0 to 1.
Where no rule fired it hears hints that no rule lists; where one fired it may say that the words mean
something else. The weights lie in `hints.npz`, made by `python -m evals.care_training`; they hold for
one embedding only, so with any other the net is off and `hints_state` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.embedding import EmbeddingError, WordLlamaEmbedding
from bot.phrases import Rulebook

WEIGHTS = Path(__file__).with_name("hints.npz")
BUCKETS = 1 << 15
VECTOR_SCALE = 2.0
GRAM_SCALE = 4.0
_READ_LETTERS = 400
_MEND = "run python -m evals.care_training"
_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:i|me|my|myself)\b",
        r"\b(?:he|she|him|her)\b",
        r"\b(?:tonight|today|tomorrow|now|soon|anymore|until|before|after|gone|last|never|when)\b",
        r"^(?:who|what|which|where|does|do|did|is|are|how|can|why)\b",
        r"\byou\b",
        r"\b(?:can|could|will) you\b|^(?:show|give|tell|quote|explain)\b",
    )
)
_BOOK_SIGNS = ("deathly", "recent", "fiction", "longago", "talk")
_SHORT, _LONG = 4, 25

Row = NDArray[np.float64]


class HintsError(ValueError):
    """The weights cannot be used; one plain sentence that says what to do."""


@dataclass(frozen=True)
class Heard:
    """What the net is told of a message.

    `words` is the message folded, `speech` the visitor's own part of it (see bot/reading.py), `letters`
    its plain letters as typed; `rules` names the crisis rules that fired, `broad` says that all of them
    are broad ones; `advice` that the message also asks for medical advice.
    """

    words: str
    speech: str
    letters: str
    rules: tuple[str, ...] = ()
    broad: bool = False
    advice: bool = False


@dataclass(frozen=True)
class Thresholds:
    """The least scores of a crisis: where no rule fired, where only broad rules did, where any other did."""

    plain: float
    broad: float
    sure: float

    def for_(self, heard: Heard) -> float:
        """The least score at which `heard` is a crisis."""
        if not heard.rules:
            return self.plain
        return self.broad if heard.broad else self.sure


@dataclass(frozen=True)
class Net:
    """The weights: of hashed words and letters, of both vectors, of signs, and of rules by name.

    `taught` is the hash of everything that taught them.
    """

    fingerprint: str
    taught: str
    grams: Row
    vectors: Row
    signs: Row
    rules: Mapping[str, float]
    bias: float
    thresholds: Thresholds


def buckets_of(heard: Heard) -> tuple[NDArray[np.int64], Row]:
    """The buckets of the hashed words, word pairs, threes and letter runs of `heard`, and their values."""
    kinds = (_word_runs("w", heard.words, 3), _word_runs("s", heard.speech, 2), _letter_runs(heard.letters))
    places: list[int] = []
    values: list[float] = []
    for runs in map(set, kinds):
        places += sorted(crc32(run.encode()) % BUCKETS for run in runs)
        values += [GRAM_SCALE / max(1, len(runs)) ** 0.5] * len(runs)
    return np.array(places, dtype=np.int64), np.array(values)


def signs_of(heard: Heard, book: Rulebook) -> list[float]:
    """Ones and zeros of the whole message and of the visitor's speech: who speaks, of what, how long."""
    return [*_signs(heard.words, book), *_signs(heard.speech, book), float(heard.advice), float(heard.broad)]


def rules_of(heard: Heard) -> list[str]:
    """The rules of `heard` with the marks "any", "two" and "three" for how many there are."""
    return [*heard.rules, *("any", "two", "three")[: len(heard.rules)]]


def vectors_of(heard: Sequence[Heard], embedding: WordLlamaEmbedding) -> Row:
    """One row for each: the sentence vectors of the whole message and of the speech, side by side."""
    pairs = [embedding.embed([getattr(each, part) for each in heard]) for part in ("words", "speech")]
    return VECTOR_SCALE * np.hstack(pairs).astype(np.float64)


def score(heard: Heard, vectors: Row, net: Net, book: Rulebook) -> float:
    """How much `heard` sounds like a life in danger, from 0 to 1. No words and no letters score 0."""
    if not heard.words.strip(" .-") and not heard.letters.strip(" .?!-"):
        return 0.0
    places, values = buckets_of(heard)
    logit = float(values @ net.grams[places]) + float(vectors @ net.vectors) + net.bias
    logit += float(np.dot(signs_of(heard, book), net.signs))
    logit += sum(net.rules.get(name, 0.0) for name in rules_of(heard))
    return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def load_net(path: Path = WEIGHTS) -> Net:
    """The weights in the file at `path`. Raises HintsError where it cannot be read or is not whole."""
    try:
        with np.load(path, allow_pickle=False) as held:
            names = bytes(held["rules"]).decode().split("\n")
            return Net(
                fingerprint=str(held["fingerprint"]),
                taught=str(held["taught"]),
                grams=held["grams"].astype(np.float64),
                vectors=held["vectors"].astype(np.float64),
                signs=held["signs"].astype(np.float64),
                rules=dict(zip(names, held["rule_weights"].tolist(), strict=True)),
                bias=float(held["bias"]),
                thresholds=Thresholds(*held["thresholds"].tolist()),
            )
    except (OSError, KeyError, TypeError, ValueError, BadZipFile) as error:
        raise HintsError(f"The weights {path.name} of the care screen cannot be used: {_MEND}.") from error


def save_net(net: Net, path: Path) -> None:
    """Writes `net` to `path`, the same bytes for the same weights."""
    limits = net.thresholds
    np.savez_compressed(
        path,
        fingerprint=np.array(net.fingerprint),
        taught=np.array(net.taught),
        grams=net.grams.astype(np.float16),
        vectors=net.vectors.astype(np.float32),
        signs=net.signs.astype(np.float32),
        rules=np.frombuffer("\n".join(net.rules).encode(), dtype=np.uint8),
        rule_weights=np.array(list(net.rules.values()), dtype=np.float32),
        bias=np.float64(net.bias),
        thresholds=np.array([limits.plain, limits.broad, limits.sure]),
    )


def endangered(heard: Heard, book: Rulebook) -> bool:
    """Whether `heard` speaks of a life in danger; with the net off, whether a rule fired.

    Reads the weights and the embedding at the first call.
    """
    loaded = _loaded()
    if isinstance(loaded, str):
        return bool(heard.rules)
    net, embedding = loaded
    return score(heard, vectors_of([heard], embedding)[0], net, book) >= net.thresholds.for_(heard)


def hints_state() -> str:
    """One plain sentence: that the net is on, or why it is off and what to do."""
    loaded = _loaded()
    if isinstance(loaded, str):
        return f"off, the rules screen alone: {loaded}"
    limits = loaded[0].thresholds
    return f"on: thresholds {limits.plain:.2f} alone, {limits.broad:.2f} and {limits.sure:.2f} after a rule"


@cache
def _loaded() -> tuple[Net, WordLlamaEmbedding] | str:
    """The net and its embedding, or the sentence that says why there is none."""
    try:
        net, embedding = load_net(), WordLlamaEmbedding()
    except (HintsError, EmbeddingError) as error:
        return str(error)
    if net.fingerprint != embedding.fingerprint:
        return f"The weights {WEIGHTS.name} were made with another embedding: {_MEND}."
    return net, embedding


def _word_runs(kind: str, words: str, longest: int) -> Iterator[str]:
    each = ["<s>", *words.split(), "</s>"] if words.strip(" .-") else []
    for size in range(1, longest + 1):
        yield from (f"{kind}{' '.join(each[at : at + size])}" for at in range(len(each) - size + 1))


def _letter_runs(letters: str) -> Iterator[str]:
    plain = f" {' '.join(letters.split())[:_READ_LETTERS]} "
    for size in (3, 4, 5):
        yield from (f"c{plain[at : at + size]}" for at in range(len(plain) - size + 1))


def _signs(words: str, book: Rulebook) -> list[float]:
    found = [pattern.search(words) is not None for pattern in _SIGNS]
    found += [hint.search(words) is not None for hint in book.hints.values()]
    found += [book.words[name].search(words) is not None for name in _BOOK_SIGNS]
    found += [p.search(words) is not None for p in (book.kin, book.stranger, book.debate, book.subject)]
    count = len(words.split())
    return [float(sign) for sign in (*found, count < _SHORT, count > _LONG)]
