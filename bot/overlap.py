"""How much of a statement's wording its evidence carries: idf-weighted containment.

Each content word of the statement weighs its inverse document frequency over the collection's
passages; the score is the share of that weight which also stands, by stem, in the evidence.
The idea is the “informativeness-weighted” overlap long used in answer validation (e.g. Rodrigo
et al., CLEF 2007); the threshold is measured in `docs/check.md`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from bot.details import content_stems


def idf(texts: Iterable[str]) -> Mapping[str, float]:
    """Inverse document frequency of every stem over the texts, in nats, always above 0."""
    documents = [set(content_stems(text)) for text in texts]
    counts = Counter(word for document in documents for word in document)
    return {word: math.log(1 + len(documents) / count) for word, count in counts.items()}


def containment(statement: str, evidence: str, weights: Mapping[str, float]) -> float:
    """The share, 0 to 1, of the statement's weighted content words that the evidence holds.

    A word that no passage knows weighs as much as the rarest. A statement without content words
    claims nothing and scores 1.
    """
    unknown = max(weights.values(), default=1.0)
    held = set(content_stems(evidence))
    total = carried = 0.0
    for word in set(content_stems(statement)):
        weight = weights.get(word, unknown)
        total += weight
        carried += weight if word in held else 0.0
    return carried / total if total else 1.0
