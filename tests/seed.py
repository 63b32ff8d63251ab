"""The text that the bundled collection was made from, where this machine has it, and its word sequence."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from bot.corpus import Comment, read_yaml

ROOT = Path(__file__).parents[1]
BUNDLED = ROOT / "knowledge" / "levine"
# Of the seed's 9,293 words in reading order, without markers and furniture; see `words_of_page`.
WORDS_SHA256 = "3abd233d045fea809707c659237edd49987a3b21af2852df9681846e1fce7aa8"


def seed_path() -> Path | None:
    """COUNTERPOINT_SEED, else shared/seed/ in a folder above the repository, else None."""
    named = os.environ.get("COUNTERPOINT_SEED")
    places = [Path(named)] if named else []
    places += [up / "shared" / "seed" / "article-and-comments.txt" for up in ROOT.parents]
    return next((place for place in places if place.is_file()), None)


def words_of_page(text: str) -> list[str]:
    """A page's words with their punctuation, read without the importer."""
    text = re.sub(r"(?m)^\s*Report comment\s*$|^\s*(?:\d+\.|•)\s+|(?:END)?QUOTE\{\}", " ", text)
    return text.split()


def words_of_collection(folder: Path) -> list[str]:
    """A collection's words in reading order, headings among them."""
    article = re.sub(r"(?m)^## ", "", (folder / "article.md").read_text("utf-8")).split()
    return [*article, *(word for node in read_yaml(folder / "comments.yaml") for word in _words(node))]


def sequence_hash(words: list[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _words(node: dict) -> list[str]:
    comment = Comment.model_validate(node)
    return [*comment.text.split(), *(word for reply in node.get("replies", ()) for word in _words(reply))]
