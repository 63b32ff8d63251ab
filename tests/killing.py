"""Kills a process at chance moments of an import or an index build, and looks at what it left.

Run as `python -m tests.killing import|index POINTS SEED PLACE [CHROMA_URL]`; prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bot.corpus import load_collection
from bot.embedding import WordLlamaEmbedding
from bot.importer import import_page
from bot.index import open_index
from bot.settings import Settings
from tests.tiny import QUERIES, collection

Act = Callable[[int], None]
LIMIT_SECONDS = 60.0


class Importing:
    """Versions of one page imported over each other."""

    def __init__(self, place: Path) -> None:
        self.place, self.folder = place, place / "text"
        self.act(0)

    def act(self, version: int) -> None:
        page = self.place / f"page{version}.txt"
        article = "\n\n".join(f"Paragraph {n} of version {version} of this article." for n in range(1, 40))
        said = f"on version {version}, in a few words."
        thread = "\n".join(f"{n}.\n    Comment {n} {said}\n    Report comment\n" for n in range(1, 61))
        page.write_text(f"{article}\n\n{thread}\n", "utf-8")
        import_page(page, self.folder)

    def state(self) -> str:
        texts = [passage.text for passage in load_collection(self.folder).passages]
        named = Counter(text.split("version ")[1].split()[0].rstrip(",.") for text in texts)
        assert len(named) == 1 and len(texts) == 99, (named, len(texts))
        return next(iter(named))


class Indexing:
    """Versions of one text indexed in one folder, and on one server where there is one."""

    def __init__(self, place: Path, url: str | None) -> None:
        self.embedding = WordLlamaEmbedding()
        self.settings = Settings().model_copy(update={"data_dir": place, "chroma_url": url})
        # In a child, as a process that has used Chroma must not fork.
        assert in_child(lambda: self.act(0), None) is not None

    def act(self, version: int) -> None:
        text = collection(C2=f"The word healer sounds grandiose in version {version}.")
        with open_index(text, self.settings, embedding=self.embedding) as index:
            for query in QUERIES:
                index.search(query, 7)

    def whole(self, version: int) -> None:
        text = collection(C2=f"The word healer sounds grandiose in version {version}.")
        with open_index(text, self.settings, embedding=self.embedding) as index:
            hits = index.search("The word healer sounds grandiose", 7)
            assert {hit.passage for hit in hits[:2]} == {"C2", "C3"}
            assert f"version {version}." in "".join(hit.text for hit in hits)
            assert index.chroma_problem is None


def in_child(act: Callable[[], None], kill_after: float | None) -> float | None:
    """Seconds that `act` took in a process of its own; None where it was killed. Raises if it failed."""
    started = time.monotonic()
    child = os.fork()
    if not child:
        try:
            act()
            os._exit(0)
        except Exception as error:  # noqa: BLE001 (told to the parent by the exit code)
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
    deadline = started + (LIMIT_SECONDS if kill_after is None else kill_after)
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            if status:
                raise RuntimeError("A process that nobody killed failed.")
            return time.monotonic() - started
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if kill_after is None:
        raise RuntimeError(f"It hung for {LIMIT_SECONDS} seconds.")
    return None


def main() -> None:
    kind, points, seed, place = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    url = sys.argv[5] if len(sys.argv) > 5 else None
    chance, seen = random.Random(seed), Counter[str]()
    subject = Importing(place) if kind == "import" else Indexing(place, url)
    usual = max(in_child(lambda: subject.act(1), None) or 0, in_child(lambda: subject.act(2), None) or 0)
    before = 2
    for version in range(3, points + 3):
        killed = in_child(lambda v=version: subject.act(v), chance.uniform(0, usual)) is None
        seen["killed" if killed else "finished"] += 1
        if isinstance(subject, Importing):
            left = int(subject.state())
            assert left in (before, version), f"{left} is neither the old state nor the new"
            seen["new" if left == version else "old"] += 1
            before = left
        else:
            in_child(lambda v=version: subject.whole(v), None)
            seen["whole"] += 1
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
