"""A pasted article-and-comments page made into a collection's folder.

The new folder is written beside the old one, read back, and only then put in its place by renaming,
so that a crash leaves the old collection or the new one whole. What people wrote there stays:
`about.yaml`, `voices.yaml`, `positions.yaml` and every file that the importer does not make.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.corpus import (
    AUTHOR,
    SOURCE_FILES,
    About,
    Collection,
    CollectionError,
    Comment,
    load_collection,
    parse_article,
    thread_passages,
)
from bot.page import Page, parse_page, render_article
from bot.pasted import LIMIT_BYTES, read_text
from bot.quotation import find_quotations
from bot.records import Passage, PassageKind, Record
from bot.repetition import alike
from bot.replacement import recover, replace_folder
from bot.thread import ImportProblem

__all__ = [
    "LIMIT_BYTES",
    "ImportProblem",
    "ImportReport",
    "Page",
    "import_page",
    "parse_page",
    "read_text",
    "write_yaml",
]

MADE_HERE = ("article.md", "comments.yaml", "quotations.yaml")
KNOWN_FILES = frozenset({*SOURCE_FILES, "positions.yaml"})
UNTITLED = "Untitled article"

COMMENTS_NOTE = (
    "The thread as it was written; a reply stands under the comment it answers. Made by the importer."
)
QUOTATIONS_NOTE = """\
Words in a passage that are another's: `source` is the passage they come from, `owner` a name or unknown.
Found by the importer and made again when the text is imported again."""
VOICES_NOTE = """\
Who speaks. A comment that is not listed is a voice of its own. To the editor: add a `name` only where
the text itself gives it, and list comments of one person as one voice, each time with the words that
show it under `named_by` (passage, quote, note)."""
ABOUT_NOTE = "Fill in what the text supports and no more; empty means that it does not say."


class ImportReport(Record):
    """What an import found. `kept` names the files of the old folder that were left as they were;
    `doubts` are sentences on lines that could have been read in another way."""

    folder: Path
    title: str
    author: str = ""
    article_paragraphs: int
    sections: tuple[str, ...]
    comments: int
    top_level: int
    deepest: int
    voices: int
    quotations: int
    thread_line: int
    kept: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The report for a person, one fact a line."""
        lines = [
            f"{self.title}{f', by {self.author}' if self.author else ''}: {self.folder}",
            f"{self.article_paragraphs} article paragraphs, {len(self.sections)} sections",
            f"{self.comments} comments from line {self.thread_line} on, {self.top_level} at the top level",
            f"{self.voices} voices, {self.quotations} quotations",
        ]
        if self.kept:
            lines.append(f"Kept as they were: {', '.join(self.kept)}")
        return "\n".join([*lines, *self.doubt_lines()])

    def doubt_lines(self) -> list[str]:
        """The doubts under a line that says what they are; nothing where there is no doubt."""
        return ["Please check what could have been read in another way:", *self.doubts] if self.doubts else []


def import_page(text_path: Path, folder: Path) -> ImportReport:
    """Make `folder` the collection that the page at `text_path` holds (at most 5 MB).

    Raises ImportProblem and leaves `folder` as it was where the page cannot be read as an article with
    comments, where `folder` holds something else, or where its `voices.yaml` does not fit the new text.
    """
    page = parse_page(read_text(text_path))
    folder = folder.resolve()
    fresh = folder.with_name(f".{folder.name}.new-{uuid.uuid4().hex[:8]}")
    try:
        recover(folder)
        kept = _kept_files(folder)
        fresh.mkdir(parents=True)
        for name in kept:
            _copy(folder / name, fresh / name)
        quotations = _write(page, fresh, kept)
        collection = _verified(page, fresh, kept)
        replace_folder(fresh, folder)
    except OSError as error:
        raise ImportProblem(
            f"{folder} could not be written ({error.strerror or error}): check the disk and permissions."
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return _report(page, collection, folder, quotations, kept)


def write_yaml(content: Sequence[Any] | Mapping[str, Any], note: str = "") -> str:
    """`content` as YAML for people: literal blocks for texts, no folding, `note` as a comment on top."""
    heading = "".join(f"# {line}\n" for line in note.splitlines())
    dumped = yaml.dump(
        content, Dumper=_Readable, allow_unicode=True, sort_keys=False, width=float("inf"), indent=2
    )
    return heading + dumped


class _Readable(yaml.SafeDumper):
    """Strings of several words or lines as literal blocks, where YAML allows it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Outside double quotes PyYAML reads these line ends back as blanks or as "\n".
    odd_break = any(sign in text for sign in "\x85\u2028\u2029")
    style = '"' if odd_break else "|" if "\n" in text or len(text) > 60 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Readable.add_representer(str, _text_node)


def _kept_files(folder: Path) -> tuple[str, ...]:
    """The names in the old folder that the importer leaves alone; ImportProblem if it is no collection."""
    if not folder.exists():
        return ()
    if not folder.is_dir():
        raise ImportProblem(f"{folder} is a file: choose a folder for the collection.")
    names = {path.name for path in folder.iterdir()}
    if (
        not {name for name in names if not name.startswith(".")} <= KNOWN_FILES
        and not {"article.md", "comments.yaml"} <= names
    ):
        raise ImportProblem(f"{folder} holds other files and no collection: choose a new folder.")
    return tuple(sorted(names - set(MADE_HERE)))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target, follow_symlinks=False)


def _write(page: Page, fresh: Path, kept: Sequence[str]) -> int:
    """Write the collection's files and return the number of quotations found."""
    passages = _passages(page)
    texts = {
        "article.md": render_article(page.article),
        "comments.yaml": write_yaml([_node(comment) for comment in page.comments], COMMENTS_NOTE),
    }
    if "about.yaml" not in kept:
        texts["about.yaml"] = write_yaml(_about(page), ABOUT_NOTE)
    if "voices.yaml" not in kept:
        texts["voices.yaml"] = write_yaml({"voices": list(_voices(passages))}, VOICES_NOTE)
    for name, text in texts.items():
        (fresh / name).write_text(text, "utf-8", newline="\n")
    (fresh / "quotations.yaml").write_text("[]\n", "utf-8")
    voiced = _loaded(fresh, kept).passages
    found = find_quotations(voiced, page.marked)
    listed = write_yaml([q.model_dump(exclude_none=True) for q in found], QUOTATIONS_NOTE)
    (fresh / "quotations.yaml").write_text(listed, "utf-8", newline="\n")
    return len(found)


def _passages(page: Page) -> list[Passage]:
    return [*parse_article(render_article(page.article)), *thread_passages(page.comments)]


def _node(comment: Comment) -> dict[str, Any]:
    node: dict[str, Any] = {"text": comment.text}
    if comment.replies:
        node["replies"] = [_node(reply) for reply in comment.replies]
    return node


def _about(page: Page) -> dict[str, str]:
    notes = "" if page.title else "The source gives no title in so many words."
    return {
        "title": page.title or UNTITLED,
        "author": page.author,
        "source": "",
        "date": "",
        "language": "en",
        "rights": "The texts belong to their authors.",
        "subject": "",
        "notes": notes,
        "safety": "mental_health",
    }


def _voices(passages: Sequence[Passage]) -> Iterator[dict[str, Any]]:
    """The author, and as one voice each the comments that are nearly the same words."""
    yield {"id": AUTHOR, "role": "author"}
    for group in alike([p for p in passages if p.kind is PassageKind.COMMENT]):
        first, *others = group
        yield {
            "id": first.id,
            "role": "commenter",
            "passages": [passage.id for passage in group],
            "named_by": [
                {
                    "passage": other.id,
                    "quote": " ".join(other.text.split()[:12]),
                    "note": f"Nearly the same words as {first.id} throughout.",
                }
                for other in others
            ],
        }


def _loaded(fresh: Path, kept: Sequence[str]) -> Collection:
    try:
        return load_collection(fresh)
    except CollectionError as error:
        reason = str(error).replace(f"{fresh}/", "")
        whose = "The kept files do not fit the new text" if kept else "The new collection does not load"
        raise ImportProblem(f"{whose}; nothing was changed: {reason}") from error


def _verified(page: Page, fresh: Path, kept: Sequence[str]) -> Collection:
    """The new folder as it reads back; ImportProblem if one sign of a passage was lost on the way."""
    collection = _loaded(fresh, kept)
    expected = [b.text for b in page.article if b.kind == "paragraph"]
    expected += [p.text for p in thread_passages(page.comments)]
    if [passage.text for passage in collection.passages] != expected:
        raise ImportProblem("The text does not read back as it was written; nothing was changed: report it.")
    return collection


def _report(
    page: Page, collection: Collection, folder: Path, quotations: int, kept: Sequence[str]
) -> ImportReport:
    comments = [p for p in collection.passages if p.kind is PassageKind.COMMENT]
    return ImportReport(
        folder=folder,
        title=collection.about.title,
        author=collection.about.author,
        article_paragraphs=len(collection.passages) - len(comments),
        sections=collection.sections,
        comments=len(comments),
        top_level=len(page.comments),
        deepest=max(p.id.count(".") + 1 for p in comments),
        voices=len(collection.voices),
        quotations=quotations,
        thread_line=page.thread_line,
        kept=tuple(kept),
        doubts=(*page.doubts, *_left_unsaid(page, collection.about)),
    )


def _left_unsaid(page: Page, about: About) -> Iterator[str]:
    """A kept `about.yaml` may lack the title and the byline, which are no passages and so stand nowhere."""
    for field, words in (("title", page.title), ("author", page.author)):
        if words and words != getattr(about, field):
            yield f"The page gives the {field} “{words}”, which the kept about.yaml does not: add it there."
