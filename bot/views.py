"""The texts by which a passage is found: its chunks, their sentences, and what else it answers to.

A chunk says what a stretch is about, a sentence says one thing exactly. Near in both is nearer than
near in one, so a passage is judged by its best of either kind.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.chunks import Chunk, sentences
from bot.records import Record

VIEWS = "1"

ExtraTexts = Mapping[str, Sequence[str]]


class View(Record):
    """One text by which a passage is found, and the chunk that is then shown.

    `whole`: it counts as a chunk. `part`: it counts as a sentence. A chunk of one sentence is both.
    `words`: word search reads it, too.
    """

    passage: str
    chunk: str
    text: str
    whole: bool
    part: bool
    words: bool


def views(chunks: Sequence[Chunk], extra_texts: ExtraTexts) -> tuple[View, ...]:
    """Every chunk, then its sentences, in order; then each extra text, shown by its passage's first chunk.

    Extra texts of passages that have no chunk are left out.
    """
    first = {chunk.passage: chunk for chunk in reversed(chunks)}
    own = [view for chunk in chunks for view in _views_of(chunk)]
    extra = [
        View(passage=passage, chunk=chunk.id, text=text, whole=False, part=True, words=True)
        for passage, chunk in reversed(first.items())
        for text in extra_texts.get(passage, ())
        if text.strip()
    ]
    return (*own, *extra)


def view_names(views: Sequence[View]) -> list[str]:
    """A name for each view that stays when others come and go.

    It is a hash of the view's text and, from 0, how many views of the same text come before it. The
    passage is no part of it, as a comment that is put in gives those after it other ids.
    """
    seen = Counter[str]()
    named = []
    for view in views:
        digest = hashlib.blake2b(view.text.encode(), digest_size=16).hexdigest()
        named.append(f"{digest}-{seen[digest]}")
        seen[digest] += 1
    return named


def _views_of(chunk: Chunk) -> list[View]:
    parts = sentences(chunk.text)
    single = len(parts) == 1
    whole = View(passage=chunk.passage, chunk=chunk.id, text=chunk.text, whole=True, part=single, words=True)
    if single:
        return [whole]
    return [
        whole,
        *(
            View(passage=chunk.passage, chunk=chunk.id, text=part, whole=False, part=True, words=False)
            for part in parts
        ),
    ]
