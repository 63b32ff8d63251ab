"""The care screen's second net: a small linear classifier for hints that no rule lists.

A score in [0, 1] from word pairs, a few signs and the sentence vector of the visitor's own speech.
The weights lie in `hints.npz`, made by `python -m evals.care_training`; they hold for one embedding
only, so with any other the net is off and `hints_state` says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from bot.embedding import EmbeddingError, Vectors, WordLlamaEmbedding
from bot.phrases import Rulebook

WEIGHTS = Path(__file__).with_name("hints.npz")
VECTOR_SCALE = 2.0
GRAM_SCALE = 4.0
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
_BOOK_SIGNS = ("deathly", "recent", "fiction")
_SHORT, _LONG = 4, 25

Row = NDArray[np.float64]


class HintsError(ValueError):
    """The weights cannot be used; one plain sentence that says what to do."""


@dataclass(frozen=True)
class Net:
    """The weights of the classifier.

    `grams` maps a word or a pair of neighbours to its weight, `vector` weighs the sentence vector and
    `signs` the signs of `signs_of`. A score of `threshold` or more is a hint; where the message also
    asks for medical advice, it takes `firm`.
    """

    fingerprint: str
    grams: Mapping[str, float]
    vector: Row
    signs: Row
    bias: float
    threshold: float
    firm: float


def grams_of(words: str) -> list[str]:
    """The words of `words` and its pairs of neighbours, each once, the ends marked."""
    each = ["<s>", *words.split(), "</s>"]
    return sorted({*each[1:-1], *(f"{left} {right}" for left, right in pairwise(each))})


def signs_of(words: str, book: Rulebook) -> list[float]:
    """Ones and zeros: whose speech it is, what it speaks of, and how long it is."""
    found = [pattern.search(words) is not None for pattern in _SIGNS]
    found += [hint.search(words) is not None for hint in book.hints.values()]
    found += [book.words[name].search(words) is not None for name in _BOOK_SIGNS]
    found += [p.search(words) is not None for p in (book.kin, book.stranger, book.debate, book.subject)]
    count = len(words.split())
    return [float(sign) for sign in (*found, count < _SHORT, count > _LONG)]


def score(words: str, vector: Vectors, net: Net, book: Rulebook) -> float:
    """How much `words` (the visitor's own speech, folded) sounds like a life in danger, from 0 to 1.

    `vector` is the sentence vector of `words`. No words score 0.
    """
    if not words.strip(" .-"):
        return 0.0
    grams = grams_of(words)
    lexical = GRAM_SCALE * sum(net.grams.get(gram, 0.0) for gram in grams) / np.sqrt(len(grams))
    logit = lexical + VECTOR_SCALE * float(vector @ net.vector) + net.bias
    logit += float(np.dot(signs_of(words, book), net.signs))
    return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def load_net(path: Path = WEIGHTS) -> Net:
    """The weights in the file at `path`. Raises HintsError where it cannot be read or is not whole."""
    try:
        with np.load(path, allow_pickle=False) as held:
            names = bytes(held["grams"]).decode().split("\n")
            weights = held["gram_weights"].tolist()
            return Net(
                fingerprint=str(held["fingerprint"]),
                grams=dict(zip(names, weights, strict=True)),
                vector=held["vector"].astype(np.float64),
                signs=held["signs"].astype(np.float64),
                bias=float(held["bias"]),
                threshold=float(held["threshold"]),
                firm=float(held["firm"]),
            )
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise HintsError(f"The weights {path.name} of the care screen cannot be used: {_MEND}.") from error


def save_net(net: Net, path: Path) -> None:
    """Writes `net` to `path`, the same bytes for the same weights."""
    np.savez_compressed(
        path,
        fingerprint=np.array(net.fingerprint),
        grams=np.frombuffer("\n".join(net.grams).encode(), dtype=np.uint8),
        gram_weights=np.array(list(net.grams.values()), dtype=np.float32),
        vector=net.vector.astype(np.float32),
        signs=net.signs.astype(np.float32),
        bias=np.float64(net.bias),
        threshold=np.float64(net.threshold),
        firm=np.float64(net.firm),
    )


def hinted(words: str, book: Rulebook, firmly: bool = False) -> bool:
    """Whether `words`, the visitor's own folded speech, hint at a life in danger; False with the net off.

    `firmly` asks for a higher score, for words that have another plain meaning. Reads the weights and
    the embedding at the first call.
    """
    loaded = _loaded()
    if isinstance(loaded, str) or not words.strip(" .-"):
        return False
    net, embedding = loaded
    return score(words, embedding.embed_query(words), net, book) >= (net.firm if firmly else net.threshold)


def hints_state() -> str:
    """One plain sentence: that the net is on, or why it is off and what to do."""
    loaded = _loaded()
    if isinstance(loaded, str):
        return f"off, the rules screen alone: {loaded}"
    return f"on: {len(loaded[0].grams)} words and pairs, threshold {loaded[0].threshold:.2f}"


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
