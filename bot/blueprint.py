"""What is to be built: of which text, with which embedding, under which folder, and who is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.chunks import CHUNKER
from bot.corpus import Collection
from bot.embedding import Embedding
from bot.lexical import Bm25
from bot.manifest import Recipe
from bot.settings import Settings
from bot.views import VIEWS, ExtraTexts

BM25 = Bm25()

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Blueprint:
    """An index that is wanted. `recipe` is what `recipe_for` gives for the other parts.

    `root` is the folder of all builds of the collection. `progress` is told, in a sentence, what is
    being built. `server` is the address of a Chroma server, None for the one inside this process.
    """

    root: Path
    recipe: Recipe
    collection: Collection
    embedding: Embedding
    extra_texts: ExtraTexts
    progress: Progress
    server: str | None = None


def recipe_for(
    collection: Collection, settings: Settings, embedding: Embedding, extra_texts: ExtraTexts
) -> Recipe:
    """What the index of these would be built from, now."""
    extra = json.dumps({passage: list(extra_texts[passage]) for passage in sorted(extra_texts)})
    return Recipe(
        collection=collection.name,
        collection_hash=collection.hash,
        chunker=CHUNKER,
        chunk_tokens=settings.chunk_tokens,
        views=VIEWS,
        extra_texts=hashlib.sha256(extra.encode()).hexdigest()[:16] if extra_texts else "",
        embedding=embedding.name,
        embedding_fingerprint=embedding.fingerprint,
        bm25=BM25,
    )
