"""A collection of seven short passages, and embeddings to index it with."""

from __future__ import annotations

from collections.abc import Sequence

from bot.corpus import About, Collection, assemble
from bot.embedding import EmbeddingError, Vectors, WordLlamaEmbedding
from bot.index import Hit, Index
from bot.records import Passage, PassageKind

ARTICLE = (
    "Fear heals nobody. A technician who is afraid of pain tries to control it.",
    "Love is the opposite of fear. Kindness, gentleness and love create the conditions for healing.",
    "Drugs are linked to a higher risk of suicide. Electroshock has no scientific evidence behind it.",
)
THREAD = {
    "C1": "The pills destroyed my life and I think the doctors enjoyed it.",
    "C1.1": "My psychiatrist was kind, and the pills saved me.",
    "C2": "The word healer sounds grandiose.",
    "C3": "The word healer sounds grandiose.",
}
QUERIES = ("who calls himself a healer?", "medication ruined me", "love and fear", "the of", "zebra")


def collection(**changed: str) -> Collection:
    drafts = [
        Passage(id=f"A{number}", kind=PassageKind.ARTICLE, text=text, voice="author")
        for number, text in enumerate(ARTICLE, start=1)
    ]
    drafts += [
        Passage(
            id=id_, kind=PassageKind.COMMENT, text=changed.get(id_, text), voice=id_, parent=id_[:-2] or None
        )
        for id_, text in THREAD.items()
    ]
    return assemble("tiny", About(title="Tiny"), drafts, [], [])


class Renamed:
    """The same vectors under another fingerprint: another model, as far as the index can know."""

    def __init__(self, embedding: WordLlamaEmbedding) -> None:
        self.name, self.dimensions, self.fingerprint = embedding.name, embedding.dimensions, "another"
        self._embedding = embedding

    def embed(self, texts: Sequence[str]) -> Vectors:
        return self._embedding.embed(texts)

    def embed_query(self, text: str) -> Vectors:
        return self._embedding.embed_query(text)


class Failing(Renamed):
    """An embedding that cannot be reached when it is asked about a query."""

    def embed_query(self, text: str) -> Vectors:
        raise EmbeddingError("The embeddings endpoint failed.")


def answers(index: Index) -> list[list[Hit]]:
    return [index.search(query, 7) for query in QUERIES]
