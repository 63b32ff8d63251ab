"""What an answer is scored against: the collection, its map, the fixed texts, the search."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from bot.care import CARE_FILE, CareTexts, load_care, notice
from bot.corpus import Collection, load_collection
from bot.events import Turn
from bot.fingerprint import fingerprint
from bot.guide import NOTHING_ASKED, Guide, open_guide
from bot.positions import DebateMap, load_map
from bot.prompts import load_prompts
from bot.records import Answer
from bot.safety import Concern, Screening
from bot.settings import Settings
from bot.wording import words
from evals.cases import COLLECTIONS

SHINGLE = 8


class Answers(Protocol):
    """The part of the guide that is evaluated, and that the cheating bots imitate."""

    async def answer_async(self, question: str, history: Sequence[Turn] = ()) -> Answer: ...


class Silent:
    """No guide at all."""

    async def answer_async(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        raise NotImplementedError("A bench that was opened without a guide answers nothing.")


@dataclass
class Bench:
    """One collection with a guide over it. `search`: ranked passage ids for a question, all of them.

    `settings` are those of the guide; `secrets` are words that may never be shown.
    """

    settings: Settings
    collection: Collection
    debate: DebateMap
    guide: Answers
    care: CareTexts
    search: Callable[[str], Sequence[str]] | None = None
    secrets: tuple[str, ...] = ()
    fingerprint: str = ""
    prompt_texts: tuple[str, ...] = ()

    @cached_property
    def notices(self) -> dict[str, str]:
        """Every fixed notice, by the name of its variant; advice under `advice-…`."""
        made = {"nothing-asked": NOTHING_ASKED}
        for variant in self.care.texts:
            made[variant] = notice(Screening(concern=Concern.CRISIS, variant=variant), self.care)
        for variant in self.care.advice:
            if variant not in ("opening", "whom_to_ask"):
                screening = Screening(concern=Concern.ADVICE, variant=variant)
                made[f"advice-{variant}"] = notice(screening, self.care)
        return made

    @cached_property
    def prompt_shingles(self) -> frozenset[tuple[str, ...]]:
        """Every run of eight words of the prompts that the collection does not hold."""
        texts = (passage.text for passage in self.collection.passages)
        known = {shingle for text in texts for shingle in shingles(text)}
        return frozenset(s for text in self.prompt_texts for s in shingles(text)) - known


def shingles(text: str) -> Iterator[tuple[str, ...]]:
    """Every run of eight words of a text."""
    spoken = words(text)
    return (tuple(spoken[at : at + SHINGLE]) for at in range(len(spoken) - SHINGLE + 1))


def settings_for(settings: Settings, collection: str) -> Settings:
    """The settings, pointed at a collection of `evals/collections`; unchanged for ""."""
    if not collection:
        return settings
    return settings.model_copy(update={"collection": collection, "knowledge_dir": COLLECTIONS})


@contextmanager
def open_bench(settings: Settings) -> Generator[Bench]:
    """Open the real guide over the settings' collection, and close it again."""
    guide = open_guide(settings)
    try:
        yield bench_over(guide)
    finally:
        guide.close()


def quiet_bench(settings: Settings) -> Bench:
    """A bench without a guide, for answers that are made by hand; CollectionError where a file is wrong."""
    prompts = load_prompts(settings.prompts_dir)
    return Bench(
        settings=settings,
        collection=load_collection(settings.collection_dir),
        debate=load_map(settings.collection_dir),
        guide=Silent(),
        care=load_care(settings.knowledge_dir / CARE_FILE),
        prompt_texts=tuple(prompt.body for prompt in prompts.by_stage.values()),
    )


def bench_over(guide: Guide) -> Bench:
    """A bench around an open guide."""
    settings, passages = guide.settings, len(guide.collection.passages)
    prompts = load_prompts(settings.prompts_dir)
    key = settings.openai_api_key
    return Bench(
        settings=settings,
        collection=guide.collection,
        debate=guide.debate,
        guide=guide,
        care=load_care(settings.knowledge_dir / CARE_FILE),
        search=lambda question: [hit.passage for hit in guide.index.search(question, passages)],
        secrets=(key.get_secret_value(),) if key else (),
        fingerprint=fingerprint(settings, guide.collection, guide.debate),
        prompt_texts=tuple(prompt.body for prompt in prompts.by_stage.values()),
    )
