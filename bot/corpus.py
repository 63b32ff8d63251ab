"""A collection: one article, the thread under it, and who spoke, read from its folder.

The folder's files are `about.yaml`, `article.md`, `comments.yaml`, `quotations.yaml` and
`voices.yaml`; `positions.yaml` belongs to `bot.positions`. People may edit them all, so every
file is read strictly and a mistake is named in one sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from bot.plain_yaml import load_yaml
from bot.records import Naming, Passage, PassageKind, Record, Span, Voice, VoiceRole
from bot.replacement import recover
from bot.wording import locate_pieces

R = TypeVar("R", bound=Record)

AUTHOR = "author"
SOURCE_FILES = ("about.yaml", "article.md", "comments.yaml", "quotations.yaml", "voices.yaml")


class CollectionError(ValueError):
    """The collection cannot be read; the message says which file to mend and how."""


class About(Record):
    """Whose text this is. Fields hold only what the text itself supports; "" where it does not say."""

    title: str
    author: str = ""
    source: str = ""
    date: str = ""
    language: str = "en"
    rights: str = ""
    notes: str = ""
    subject: str = ""
    safety: str = "mental_health"


class Comment(Record):
    """One node of the thread as `comments.yaml` holds it; ids are implied by nesting."""

    text: str
    replies: tuple[Comment, ...] = ()


class Quotation(Record):
    """Words in a passage that are another's: `source` is the passage they stand in, else `owner` a name."""

    passage: str
    quote: str
    source: str | None = None
    owner: str | None = None


class VoiceEntry(Record):
    """A voice as `voices.yaml` holds it."""

    id: str
    role: VoiceRole = VoiceRole.COMMENTER
    label: str | None = None
    name: str | None = None
    passages: tuple[str, ...] = ()
    named_by: tuple[Naming, ...] = ()


@dataclass(frozen=True)
class Collection:
    """Everything that was written here, in reading order, and who wrote it."""

    name: str
    about: About
    passages: tuple[Passage, ...]
    voices: tuple[Voice, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Passage]:
        return {passage.id: passage for passage in self.passages}

    @cached_property
    def voice_by_id(self) -> Mapping[str, Voice]:
        return {voice.id: voice for voice in self.voices}

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """The article's headings in order, "" for an untitled opening."""
        return tuple(dict.fromkeys(p.section for p in self.passages if p.kind is PassageKind.ARTICLE))

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits that change with any word, voice or quotation."""
        parts = [self.about.model_dump_json(), *(p.model_dump_json() for p in self.passages)]
        parts += [voice.model_dump_json() for voice in self.voices]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def speaker(self, passage_id: str) -> Voice:
        """The voice that wrote a passage; KeyError for an unknown id."""
        return self.voice_by_id[self.by_id[passage_id].voice]

    def ancestors(self, passage_id: str) -> list[Passage]:
        """The comments above a reply, nearest first."""
        above = []
        parent = self.by_id[passage_id].parent
        while parent:
            above.append(self.by_id[parent])
            parent = self.by_id[parent].parent
        return above

    def replies(self, passage_id: str) -> list[Passage]:
        """The direct replies to a comment, in reading order."""
        return [self.by_id[reply] for reply in self._children.get(passage_id, ())]

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        children: dict[str, list[str]] = {}
        for passage in self.passages:
            if passage.parent:
                children.setdefault(passage.parent, []).append(passage.id)
        return children


def spoken_as(voice: Voice) -> str:
    """How readers see a speaker: “Bruce Levine, the author”, “Birdsong”, “Commenter C5.1”."""
    if voice.role is VoiceRole.AUTHOR:
        return f"{voice.name}, the author" if voice.name else "The author"
    return voice.name or f"Commenter {voice.label}"


def load_collection(folder: Path) -> Collection:
    """Read a collection's folder, put back first where an import over it was cut off.

    Raises CollectionError where a file is missing, malformed, or speaks of a passage that is not there.
    """
    if not folder.exists():
        recover(folder)
    missing = [name for name in SOURCE_FILES if not (folder / name).is_file()]
    if missing:
        raise CollectionError(
            f"{folder} is not a collection: {', '.join(missing)} missing. "
            f"Make one with: counterpoint import FILE --to {folder}"
        )
    about = _parse(About, read_yaml(folder / "about.yaml"), folder / "about.yaml")
    drafts = [*parse_article(_text(folder / "article.md")), *_comments(folder)]
    entries = _entries(VoiceEntry, folder / "voices.yaml", "voices")
    quotations = _entries(Quotation, folder / "quotations.yaml", "quotations")
    return assemble(folder.name, about, drafts, entries, quotations)


def assemble(
    name: str,
    about: About,
    drafts: Iterable[Passage],
    entries: Iterable[VoiceEntry],
    quotations: Iterable[Quotation],
) -> Collection:
    """Join passages, voices and quotations into a collection; CollectionError where they disagree."""
    by_id = {draft.id: draft for draft in drafts}
    voices = _voices(by_id, list(entries))
    writers = {passage: voice.id for voice in voices for passage in voice.passages}
    voiced = {id_: draft.model_copy(update={"voice": writers[id_]}) for id_, draft in by_id.items()}
    spans: dict[str, list[Span]] = {}
    for quotation in quotations:
        spans.setdefault(quotation.passage, []).extend(_spans(quotation, voiced))
    passages = tuple(
        passage.model_copy(update={"quoted": tuple(sorted(spans.get(id_, ()), key=lambda span: span.start))})
        for id_, passage in voiced.items()
    )
    return Collection(name, about, passages, voices)


def parse_article(markdown: str) -> Iterator[Passage]:
    """The article's paragraphs as passages A1, A2, …, each under its latest `##` heading."""
    section, number = "", 0
    for block in (block.strip() for block in markdown.replace("\r\n", "\n").split("\n\n")):
        if block.startswith("## "):
            heading, _, block = block[3:].partition("\n")
            section, block = heading.strip(), block.strip()
        if block:
            number += 1
            yield Passage(
                id=f"A{number}", kind=PassageKind.ARTICLE, text=block, section=section, voice=AUTHOR
            )


def thread_passages(comments: Iterable[Comment], parent: str | None = None) -> Iterator[Passage]:
    """The thread as passages C1, C1.1, …, depth first, which is reading order."""
    for number, comment in enumerate(comments, start=1):
        id_ = f"{parent}.{number}" if parent else f"C{number}"
        yield Passage(id=id_, kind=PassageKind.COMMENT, text=comment.text, parent=parent, voice=id_)
        yield from thread_passages(comment.replies, id_)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CollectionError(f"{path} is not UTF-8 at byte {error.start}: save it as UTF-8.") from error


def read_record(model: type[R], path: Path) -> R:
    """A YAML file as one record. CollectionError names the line or the entry that is wrong.

    Several parts of the guide read the same large files, so one is parsed anew only when its bytes change.
    """
    return _record(model, path, path.read_bytes())


@lru_cache(maxsize=16)
def _record(model: type[R], path: Path, content: bytes) -> R:
    return _parse(model, _loaded(path, content) or {}, path)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file, safely loaded; CollectionError names the line that is wrong."""
    return _loaded(path, path.read_bytes())


def _loaded(path: Path, content: bytes) -> Any:
    try:
        return load_yaml(content.decode())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" at line {where.line + 1}" if where else ""
        raise CollectionError(f"{path} is not valid YAML{line}: mend it or import the text again.") from error


def _comments(folder: Path) -> Iterator[Passage]:
    return thread_passages(_entries(Comment, folder / "comments.yaml", "comments"))


def _entries(model: type[R], path: Path, key: str) -> list[R]:
    content = read_yaml(path)
    entries = content.get(key, content) if isinstance(content, dict) else content
    if not isinstance(entries or [], list):
        raise CollectionError(f"{path} should hold a list of {key}: mend it or import the text again.")
    return [_parse(model, entry, path) for entry in entries or []]


def _parse(model: type[R], content: object, path: Path) -> R:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the top"
        raise CollectionError(f"{path}: {first['msg'].lower()} at {place}; mend that entry.") from error


def _voices(drafts: Mapping[str, Passage], entries: list[VoiceEntry]) -> tuple[Voice, ...]:
    """Every listed voice, then one for each comment that nobody listed."""
    article = tuple(p.id for p in drafts.values() if p.kind is PassageKind.ARTICLE)
    if not any(entry.role is VoiceRole.AUTHOR for entry in entries):
        entries = [VoiceEntry(id=AUTHOR, role=VoiceRole.AUTHOR), *entries]
    voices, listed, taken = [], set[str](), dict[str, str]()
    for entry in entries:
        if entry.id in listed or (entry.id in drafts and entry.id not in entry.passages):
            raise CollectionError(f"voices.yaml uses the id {entry.id} for two voices: rename one.")
        listed.add(entry.id)
        passages = entry.passages
        if entry.role is VoiceRole.AUTHOR:
            passages = (*article, *(id_ for id_ in passages if id_ not in article))
        for passage in passages:
            if passage not in drafts:
                raise CollectionError(
                    f"voices.yaml gives {entry.id} the passage {passage}, which is not here."
                )
            if passage in taken:
                raise CollectionError(
                    f"voices.yaml gives {passage} to both {taken[passage]} and {entry.id}: keep one."
                )
            taken[passage] = entry.id
        voices.append(_voice(entry, passages, drafts))
    own = [
        Voice(id=id_, label=id_, role=VoiceRole.COMMENTER, passages=(id_,))
        for id_ in drafts
        if id_ not in taken
    ]
    return (*voices, *own)


def _voice(entry: VoiceEntry, passages: tuple[str, ...], drafts: Mapping[str, Passage]) -> Voice:
    for naming in entry.named_by:
        text = drafts[naming.passage].text if naming.passage in drafts else ""
        if not locate_pieces(naming.quote, text):
            raise CollectionError(
                f"voices.yaml names {entry.id} by words that {naming.passage} lacks: “{naming.quote}”."
            )
    label = entry.label or entry.name or ("the author" if entry.role is VoiceRole.AUTHOR else entry.id)
    return Voice(
        id=entry.id,
        label=label,
        role=entry.role,
        name=entry.name,
        passages=passages,
        named_by=entry.named_by,
    )


def _spans(quotation: Quotation, passages: Mapping[str, Passage]) -> list[Span]:
    """Where a quotation stands, and whose words they are."""
    for id_ in filter(None, (quotation.passage, quotation.source)):
        if id_ not in passages:
            raise CollectionError(f"quotations.yaml speaks of {id_}, which is not here: remove that entry.")
    passage = passages[quotation.passage]
    pieces = locate_pieces(quotation.quote, passage.text)
    if not pieces:
        raise CollectionError(
            f"quotations.yaml quotes words that do not stand in {passage.id}: “{quotation.quote[:60]}”."
        )
    owner = passages[quotation.source].voice if quotation.source else quotation.owner or "unknown"
    return [Span(start=start, end=end, owner=owner, source=quotation.source) for start, end in pieces]
