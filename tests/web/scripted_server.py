"""The real window and server over a small text of the tests' own, with a guide that plays a script.

Run as a program: `python tests/web/scripted_server.py`; HOST, PORT as for the real one.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import yaml

from bot.corpus import Collection, load_collection, spoken_as
from bot.events import Event, Finished, Passed, Progress, Stage, Turn
from bot.records import Answer, Check, Evidence, Near, Outcome, Provenance, Stance, Statement
from bot.settings import Settings, load_settings
from bot.web.server import serve

ARTICLE = """The village should keep its old mill, and not only because it is beautiful.

## What the mill gives

A mill that turns gives flour, warmth and company. “Bread is a neighbour,” as Anna Weber wrote in 1921.

Repairs cost less than people say; the roof was done in one summer.

## What we would lose

Whoever pulls down a mill pulls down the path that leads to it."""

COMMENTS = [
    {
        "text": "I was born beside that mill 🌾 and I would never let it go.\n\nIt fed us in two winters.",
        "replies": [
            {
                "text": "Feeding is over. The dam kills the trout, and nobody has paid for that.",
                "replies": [
                    {"text": "Thank you, Miller's Child.\nThe trout came back when the sluice was opened."}
                ],
            }
        ],
    },
    {"text": "Repairs cost less than people say? The roof took our whole budget, so the mill should go."},
]
VOICES = {
    "voices": [
        {"id": "author", "role": "author"},
        {
            "id": "child",
            "name": "Miller's Child",
            "passages": ["C1"],
            "named_by": [{"passage": "C1.1.1", "quote": "Thank you, Miller's Child."}],
        },
    ]
}
QUOTATIONS = {
    "quotations": [
        {"passage": "A2", "quote": "Bread is a neighbour", "owner": "Anna Weber"},
        {"passage": "C2", "quote": "Repairs cost less than people say", "source": "A3"},
    ]
}
ABOUT = {"title": "Keep the Mill", "subject": "an old mill"}
STARTERS = ["Should the village keep its mill?", "What did the roof cost?", "Does the dam harm the trout?"]


def write_collection(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "article.md").write_text(ARTICLE, "utf-8")
    for name, content in (
        ("about", ABOUT),
        ("comments", COMMENTS),
        ("voices", VOICES),
        ("quotations", QUOTATIONS),
    ):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return folder


def statement(
    collection: Collection, stance: Stance, passage: str, quote: str, text: str, owner: str | None = None
) -> Statement:
    start = collection.by_id[passage].text.index(quote)
    evidence = Evidence(passage=passage, quote=quote, start=start, end=start + len(quote), owner=owner)
    voice = collection.speaker(passage)
    return Statement(
        stance=stance,
        voice=voice.id,
        speaker=spoken_as(voice),
        text=text,
        evidence=(evidence,),
        check=Check(verdict="passed"),
    )


def statements(collection: Collection) -> list[Statement]:
    return [
        statement(
            collection,
            Stance.FOR,
            "C1",
            "I would never let it go.\n\nIt fed us in two winters.",
            "Would never let the mill go: it fed them in two winters.",
        ),
        statement(
            collection,
            Stance.AGAINST,
            "C2",
            "The roof took our whole budget, so the mill should go.",
            "The mill should go, for the roof took the whole budget.",
        ),
        statement(
            collection,
            Stance.FOR,
            "A3",
            "the roof was done in one summer",
            "Repairs cost less: the roof was done in one summer.",
        ),
        statement(
            collection,
            Stance.AGAINST,
            "C1.1",
            "The dam kills the trout, and nobody has paid for that.",
            "The dam kills the trout and nobody has paid for it.",
        ),
        statement(
            collection,
            Stance.CONTEXT,
            "A2",
            "Bread is a neighbour",
            "“Bread is a neighbour,” as Anna Weber wrote.",
            owner="Anna Weber",
        ),
    ]


PROVENANCE = Provenance(
    model="scripted",
    collection="mill",
    collection_hash="0",
    index_hash="0",
    settings_hash="0",
    prompts_hash="0",
    passages_read=("C1", "C2", "A3", "C1.1", "A2"),
)


def answer(collection: Collection, question: str, **changes: object) -> Answer:
    shown = statements(collection)
    content = {
        "question": question,
        "standalone_question": question,
        "proposition": "The village should keep its old mill.",
        "outcome": Outcome.ANSWERED,
        "statements": tuple(shown),
        "gaps": ("Nobody here says what a new mill would cost.",),
        "voices_for": ("child", "author"),
        "voices_against": ("C2", "C1.1"),
        "dropped": (shown[0].model_copy(update={"text": "The mill fed nobody."}),),
        "provenance": PROVENANCE,
    }
    return Answer.model_validate(content | changes)


class ScriptedGuide:
    """Answers every question from the script; words in the question choose the scene.

    “slowly” waits between statements, “break” fails, “crisis”, “absent” and “fallback” end so,
    “earlier” says how many turns came before.
    """

    def __init__(self, settings: Settings, collection: Collection) -> None:
        self.settings = settings
        self.collection = collection

    async def stream(self, question: str, history: Sequence[Turn] = ()) -> AsyncIterator[Event]:
        pause = 1.5 if "slowly" in question else 0.05
        yield Progress(stage=Stage.SEARCHING, detail="Searching the article and the comments")
        await asyncio.sleep(pause)
        if "crisis" in question:
            yield Finished(answer=self._notice(question))
            return
        if "absent" in question:
            yield Finished(answer=self._absent(question))
            return
        for number, passed in enumerate(statements(self.collection), start=1):
            yield Progress(stage=Stage.CHECKING, detail=f"Checking statement {number} of 5")
            await asyncio.sleep(pause)
            yield Passed(statement=passed, proposition="The village should keep its old mill.")
            if "break" in question:
                raise RuntimeError("secret of the machine room")
        yield Finished(answer=self._whole(question, history))

    def starters(self) -> list[str]:
        return STARTERS

    def close(self) -> None:
        """There is nothing to release."""

    def _whole(self, question: str, history: Sequence[Turn]) -> Answer:
        gaps = (f"Earlier turns: {len(history)}.",) if "earlier" in question else ("Nobody speaks of wind.",)
        fallback = (
            "The model at the endpoint did not answer; the one built in did."
            if "fallback" in question
            else None
        )
        provenance = PROVENANCE.model_copy(update={"fallback": fallback})
        return answer(self.collection, question, gaps=gaps, provenance=provenance)

    def _absent(self, question: str) -> Answer:
        near = Near(passage="A3", text=self.collection.by_id["A3"].text, score=0.4)
        return answer(
            self.collection,
            question,
            proposition="",
            outcome=Outcome.NOT_IN_COLLECTION,
            statements=(),
            voices_for=(),
            voices_against=(),
            dropped=(),
            gaps=("Nobody here speaks about that.",),
            unused=(near,),
        )

    def _notice(self, question: str) -> Answer:
        return answer(
            self.collection,
            question,
            proposition="",
            outcome=Outcome.CRISIS,
            statements=(),
            voices_for=(),
            voices_against=(),
            dropped=(),
            gaps=(),
            notice="Please do not stay alone with this.\nSomeone can be reached now.",
        )


def open_scripted(settings: Settings) -> ScriptedGuide:
    return ScriptedGuide(settings, load_collection(settings.collection_dir))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        write_collection(Path(place) / "mill")
        os.environ["COUNTERPOINT_KNOWLEDGE_DIR"] = place
        os.environ["COUNTERPOINT_COLLECTION"] = "mill"
        sys.exit(serve(load_settings(), open_scripted))
