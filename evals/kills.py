"""Planted errors over every collection: how many of each kind are found, how many faithful ones refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from bot import planting
from bot.corpus import About, Collection, assemble, load_collection
from bot.positions import load_map
from bot.records import Passage, PassageKind, Statement
from bot.settings import ROOT, Settings
from evals import borrowed, planted
from evals.bench import Bench, quiet_bench
from evals.cases import COLLECTIONS, find_suites
from evals.checker import DataError, rows, shared_data
from evals.planted import Tally
from evals.planted_answers import faithful_answers, planted_into, refused

FLOOR = 0.9
MOST_FALSE_ALARMS = 0.01
EACH = {"one word replaced": 3}
ANSWERS_EACH = 3
ABSTRACTS = 50
QUOTED, VIEW = "quoted words credited to the quoter", "reported view as own"
# As EXACT of `bot.planting`, for what is planted elsewhere.
EXACT = planting.EXACT | {
    QUOTED,
    "side dropped",
    "stance flipped",
    "opinion in the guide's own voice",
    "unanswerable answered",
}
SHIPPED = (ROOT / "knowledge" / "levine", COLLECTIONS / "night-buses")


@dataclass(frozen=True)
class Base:
    """Faithful statements to plant errors into, and the collection that they rest on."""

    name: str
    collection: Collection
    statements: Sequence[Statement]


@dataclass
class Table:
    """Lines of Markdown, what got through or was refused in words, and whether everything holds up."""

    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    holds: bool = True

    def row(self, name: str, tallies: Sequence[Tally | None]) -> None:
        """One kind of error: its kill rate over all bases and in each; None: not planted there."""
        made = [tally for tally in tallies if tally is not None]
        found, of = sum(t.found for t in made), sum(t.planted for t in made)
        bar = 0.0 if name in planting.KNOWN_BLIND else 1.0 if name in EXACT else FLOOR
        self.holds &= found >= bar * of
        cells = [_found(found, of), *(_found(t.found, t.planted) if t else "" for t in tallies)]
        self.lines.append(f"| {name} | {bar:.0%} | " + " | ".join(cells) + " |")
        if name not in planting.KNOWN_BLIND:
            self.notes += [f"missed, {name}: {text}" for tally in made for text in tally.missed]

    def alarms(self, name: str, refused: Sequence[str], n: int) -> None:
        """How many faithful ones were refused."""
        self.lines.append(f"| {name} | {n} | {len(refused)} ({len(refused) / max(n, 1):.1%}) |")
        self.holds &= n > 0 and len(refused) <= MOST_FALSE_ALARMS * n
        self.notes += [f"refused: {text}" for text in refused]


def bases(folders: Sequence[Path]) -> list[Base]:
    """The map and the sentences of each collection, and where the public data is at hand, foreign sentences.

    The rules were written with the first collection in view, so only the foreign sentences are a blind test.
    """
    made = []
    for folder in folders:
        collection = load_collection(folder)
        known = planted.map_statements(load_map(folder), collection)
        sentences = list(planted.sentence_statements(collection))
        made += [
            Base(f"map of {collection.name}", collection, known),
            Base(f"sentences of {collection.name}", collection, sentences),
        ]
    try:
        abstracts = list(islice(rows(shared_data() / "scifact" / "corpus.jsonl"), ABSTRACTS))
    except DataError:
        return made
    drafts = [
        Passage(id=f"C{number}", kind=PassageKind.COMMENT, text=row["text"], voice=f"C{number}")
        for number, row in enumerate(abstracts, start=1)
    ]
    foreign = assemble("scifact", About(title="SciFact"), drafts, (), ())
    return [*made, Base("sentences of SciFact", foreign, list(planted.sentence_statements(foreign)))]


def planted_table(folders: Sequence[Path], seed: int) -> Table:
    """Every kind of planted error over the collections in these folders, after the false alarms."""
    table, sound = Table(["| faithful | n | refused |", "| --- | --- | --- |"]), list[Base]()
    for base in bases(folders):
        alarms = planted.false_alarms(base.statements, base.collection)
        wrong = {statement for statement, _ in alarms}
        table.alarms(base.name, [f"{s.voice}: {s.text} ({why})" for s, why in alarms], len(base.statements))
        sound.append(replace(base, statements=[s for s in base.statements if s not in wrong]))
    _own_views(table, sound)
    benches = [_bench(folder) for folder in folders]
    for bench in benches:
        answers = faithful_answers(bench, seed, ANSWERS_EACH)
        alarms = [f"{answer.question} ({why})" for answer, why in refused(answers, bench)]
        table.alarms(f"answers from the map of {bench.collection.name}", alarms, len(answers))
    heads = ["error", "bar", "all", *(base.name for base in sound)]
    table.lines += ["", "| " + " | ".join(heads) + " |", "| --- " * len(heads) + "|"]
    for operator in planting.OPERATORS:
        each = EACH.get(operator, 1)
        table.row(operator, [planted.plant(operator, b.statements, b.collection, seed, each) for b in sound])
    _borrowed(table, sound)
    _answers(table, sound, benches, seed)
    return table


def _is_map(base: Base) -> bool:
    return base.name.startswith("map of")


def _own_views(table: Table, sound: Sequence[Base]) -> None:
    """Sentences that are put under “I think that” and the like."""
    for base in filter(_is_map, sound):
        framed = list(borrowed.reframed(base.collection, borrowed.OWN))
        alarms = [f"{s.text} ({why})" for c, own in framed for s, why in planted.false_alarms(own, c)]
        n = sum(len(own) for _, own in framed)
        table.alarms(f"“I think that” sentences of {base.collection.name}", alarms, n)


def _borrowed(table: Table, sound: Sequence[Base]) -> None:
    quoted, views = list[Tally | None](), list[Tally | None]()
    for base in sound:
        held = base.collection if _is_map(base) else None
        quoted.append(_refusals([(held, borrowed.quoted_words(held))]) if held else None)
        views.append(_refusals(list(borrowed.reported_views(held))) if held else None)
    table.row(QUOTED, quoted)
    table.row(VIEW, views)


def _refusals(made: Sequence[tuple[Collection, Sequence[Statement]]]) -> Tally:
    missed: list[str] = []
    for collection, statements in made:
        found = {statement for statement, _ in planted.false_alarms(statements, collection)}
        missed += [f"{s.text} [{s.evidence[0].passage}]" for s in statements if s not in found]
    n = sum(len(statements) for _, statements in made)
    return Tally(n, n - len(missed), {}, tuple(missed))


def _answers(table: Table, sound: Sequence[Base], benches: Sequence[Bench], seed: int) -> None:
    suites = find_suites([])
    tallies: dict[str, dict[str, Tally]] = {}
    for bench in benches:
        name = bench.collection.name
        own = [suite for suite in suites if suite.collection == ("" if name == "levine" else name)]
        for operator, tally in planted_into(bench, own, seed, ANSWERS_EACH):
            tallies.setdefault(operator, {})[f"map of {name}"] = tally
    for operator, by_base in tallies.items():
        table.row(operator, [by_base.get(base.name) for base in sound])


def _bench(folder: Path) -> Bench:
    return quiet_bench(Settings(collection=folder.name, knowledge_dir=folder.parent))


def _found(found: int, of: int) -> str:
    return f"{found} of {of} ({found / of:.1%})" if of else "0 of 0"


def table_lines(table: Table) -> Iterator[str]:
    """The table as it is printed: the figures, then every miss."""
    yield from table.lines
    yield ""
    yield from table.notes
