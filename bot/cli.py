"""The command line. Every command exits 0 only when all that was asked for was done."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.console import Console
from rich.progress import track

from bot.batch import BatchError, read_answers, read_cases, read_queries, write_lines
from bot.corpus import Collection, CollectionError, load_collection
from bot.facts import fact_problems, load_facts
from bot.grounding import check as check_answer
from bot.positions import load_map, problems, uncovered
from bot.records import Outcome
from bot.rendering import plain_text
from bot.settings import EMBEDDED, Settings, SettingsError, load_settings, quiet_libraries, shown_address
from bot.stored_cli import feedback_app, transcript

if TYPE_CHECKING:
    from bot.index import Index

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A guide to one contested article and its comments: both sides, attributed, quoted, checked.",
)
map_app = typer.Typer(no_args_is_help=True, help="The map of the debate.")
app.add_typer(map_app, name="map")
app.add_typer(feedback_app, name="feedback")
app.command()(transcript)
# The family of what is wrongly typed; typer exports one member of it, and newer versions vendor the rest.
MISUSE = cast("type[typer.BadParameter]", typer.BadParameter.__bases__[0])
errors = Console(stderr=True, highlight=False, soft_wrap=True)

Cases = Annotated[
    Path | None,
    typer.Option(
        "--batch",
        help="A JSONL file: each line an object with `id` and `question`, and `history` if it has one.",
    ),
]
Queries = Annotated[
    Path | None, typer.Option("--batch", help="A JSONL file: each line an object with `id` and `query`.")
]
Out = Annotated[Path | None, typer.Option("--out", help="Where to write the batch's results.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A pasted article-and-comments page.")],
    to: Annotated[Path, typer.Option("--to", help="The collection's folder, knowledge/NAME.")],
) -> None:
    """Turn a pasted page into a collection."""
    from bot.importer import import_page

    report = import_page(file, to)
    if sys.stdout.isatty():
        print(report)
        return
    print(report.model_dump_json(indent=2))
    for line in report.doubt_lines():
        errors.print(line, markup=False)


@app.command()
def index() -> None:
    """Build the index if it is missing, stale or damaged, and say what it holds."""
    with _open_index(load_settings(), errors.print) as opened:
        state = f"built, because {opened.rebuilt_because}" if opened.rebuilt_because else "current and whole"
        size = f"{opened.manifest.passages} passages in {opened.manifest.chunks} chunks"
        print(f"{opened.folder}: {size}; {state}.")


@app.command()
def search(
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    as_json: AsJson = False,
    batch: Queries = None,
    out: Out = None,
) -> None:
    """Search the article and the comments."""
    _one_or_batch(query, batch, out)
    queries = read_queries(batch) if batch else []
    with _open_index(load_settings()) as opened:
        if batch and out:
            found = ((each.id, opened.search(each.text, k)) for each in queries)
            write_lines(out, ({"id": id_, "hits": [hit.model_dump() for hit in hits]} for id_, hits in found))
            return
        hits = opened.search(query or "", k)
    if as_json:
        print(json.dumps([hit.model_dump() for hit in hits], ensure_ascii=False, indent=2))
        return
    for hit in hits:
        print(f"{hit.passage:<12} {hit.score:.4f}  {' '.join(hit.text.split())[:140]}")


@app.command()
def passages(as_json: AsJson = False) -> None:
    """Print every passage of the collection."""
    collection = _collection(load_settings())
    fields = {"id", "kind", "section", "parent", "voice", "text"}
    if as_json:
        rows = [passage.model_dump(mode="json", include=fields) for passage in collection.passages]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for passage in collection.passages:
        print(f"[{passage.id}] {collection.speaker(passage.id).label}\n{passage.text}\n")


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    as_json: AsJson = False,
    batch: Cases = None,
    out: Out = None,
) -> None:
    """Ask one question, or answer a batch."""
    from bot.guide import open_guide

    _one_or_batch(question, batch, out)
    cases = read_cases(batch) if batch else []
    settings = load_settings()
    if settings.model != EMBEDDED and not settings.openai_api_key and not settings.openai_base_url:
        errors.print(
            f"OPENAI_API_KEY is not set, so {settings.model} cannot be asked and the embedded model answers.",
            markup=False,
        )
    guide = open_guide(settings)
    try:
        if batch and out:
            shown = track(cases, "Answering", console=errors, disable=not errors.is_terminal)
            rows = (
                {"id": case.id, "answer": guide.answer(case.question, case.turns).model_dump(mode="json")}
                for case in shown
            )
            write_lines(out, rows)
        else:
            answer = asyncio.run(guide.answer_async(question or ""))
            print(answer.model_dump_json(indent=2) if as_json else plain_text(answer))
    finally:
        guide.close()


@app.command()
def check(
    answers: Annotated[Path, typer.Argument(help="Answers as `ask --json` or `--batch` wrote them.")],
) -> None:
    """Check stored answers again; exits 1 if anything is found."""
    settings = load_settings()
    collection, debate = _collection(settings), load_map(settings.collection_dir)
    stored, found = read_answers(answers), 0
    for row in stored:
        for finding in check_answer(row.answer, collection, debate.stances(row.answer.topics)):
            found += 1
            where = "answer" if finding.statement is None else f"statement {finding.statement + 1}"
            print(f"{row.id}\t{where}\t{finding.kind}\t{finding.detail}")
    statements = sum(len(row.answer.statements) for row in stored)
    crises = sum(row.answer.outcome is Outcome.CRISIS for row in stored)
    errors.print(
        f"{len(stored)} answers, {statements} statements, {found} findings"
        + (f"; {crises} crisis notices, which hold no statements." if crises else ".")
    )
    raise typer.Exit(1 if found else 0)


@map_app.command("check")
def map_check() -> None:
    """Check the map of the debate against the text, and print its coverage; exits 1 on any problem."""
    settings = load_settings()
    collection, debate = _collection(settings), load_map(settings.collection_dir)
    found = [*problems(debate, collection), *fact_problems(load_facts(settings.collection_dir), collection)]
    if not debate.topics:
        print(f"There is no map of the debate: write {settings.collection_dir / 'positions.yaml'}.")
        raise typer.Exit(1)
    left_out = uncovered(debate, collection)
    for problem in found:
        print(problem)
    if left_out:
        print(f"In no position, and not listed under no_position: {', '.join(left_out)}.")
    positions = sum(len(topic.positions) for topic in debate.topics)
    wrong = len(found) + bool(left_out)
    covered = len(collection.passages) - len(left_out)
    errors.print(
        f"{len(debate.topics)} topics, {positions} positions, "
        f"{covered} of {len(collection.passages)} passages accounted for, {wrong} problems."
    )
    raise typer.Exit(1 if wrong else 0)


@app.command()
def deck() -> None:
    """Make and check the answers to the deck of `/present`, and say how each came out."""
    from bot.deck import load_deck
    from bot.guide import open_guide
    from bot.rehearsal import Prepared, Rehearsal

    settings = load_settings()
    chosen, debate = _collection(settings), load_map(settings.collection_dir)
    questions = load_deck(settings.collection_dir, debate)
    if questions is None:
        raise CollectionError(f"There is no deck: write {settings.collection_dir / 'deck.yaml'}.")

    def say(made: Prepared) -> None:
        shown = made.answer
        sides = f"{len(shown.voices_for)} for, {len(shown.voices_against)} against"
        dropped = f", {len(shown.dropped)} dropped" if shown.dropped else ""
        print(f"{shown.outcome:<18}{sides}{dropped}  {made.question}")
        if shown.provenance.fallback:
            print(f"{'':<18}the embedded model answered: {shown.provenance.fallback}")

    rehearsal = Rehearsal(settings, chosen, debate, questions)
    due = (*rehearsal.missing, *rehearsal.stood_in_for)
    for question in questions.questions:
        made = rehearsal.prepared(question)
        if made and question not in due:
            say(made)
    if due:
        guide = open_guide(settings)
        try:
            asyncio.run(rehearsal.prepare(guide, due, say))
        finally:
            guide.close()
    errors.print(f"{len(questions.questions)} questions, {len(due)} answered now; all are ready.")


@app.command()
def doctor() -> None:
    """Name what is present, missing and chosen, and how to mend it; exits 1 if the window could not start."""
    from bot.doctor import examine

    results = examine(load_settings())
    for result in results:
        print(result.line())
    raise typer.Exit(1 if any(result.fatal for result in results) else 0)


@app.command()
def settings() -> None:
    """Print every setting, its value and what it means."""
    current = load_settings()
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        variable = str(alias) if isinstance(alias, str) else f"COUNTERPOINT_{name.upper()}"
        value = getattr(current, name)
        shown = shown_address(value) if name == "openai_base_url" and value else value
        print(f"{variable}={shown}\n    {field.description}")


@app.command()
def serve() -> None:
    """Serve the chat window."""
    from bot.web.server import serve as serve_window

    raise typer.Exit(serve_window(load_settings()))


def _collection(settings: Settings) -> Collection:
    return load_collection(settings.collection_dir)


def _open_index(settings: Settings, progress: Callable[[str], None] | None = None) -> Index:
    # Imported here: Chroma takes a second, which most commands need not wait for.
    from bot.index import open_index

    extra = load_facts(settings.collection_dir).questions
    return open_index(_collection(settings), settings, extra_texts=extra, progress=progress)


def _one_or_batch(question: str | None, batch: Path | None, out: Path | None) -> None:
    if (question is None) == (batch is None):
        raise BatchError("Give either one question or --batch FILE.")
    if question is not None and not question.strip():
        raise BatchError("The question is empty: write some words between the quotation marks.")
    if (batch is None) != (out is None):
        raise BatchError("--batch and --out go together: give both.")


def main() -> None:
    """Run a command; what goes wrong is one sentence on standard error and exit code 1, or 2 for misuse."""
    quiet_libraries()
    try:
        code = app(standalone_mode=False)
    except MISUSE as error:
        said = _misuse(error)
        if said:
            errors.print(said, markup=False)
        raise SystemExit(2) from None
    except typer.Abort:
        raise SystemExit(130) from None
    except known_errors() as error:
        errors.print(str(error), markup=False)
        raise SystemExit(1) from None
    except OSError as error:
        # An error of our own carries a whole sentence; the system's carries a file and a reason.
        said = f"{error.filename or 'A file'}: {error.strerror}." if error.strerror else str(error)
        errors.print(said, markup=False)
        raise SystemExit(1) from None
    raise SystemExit(code if isinstance(code, int) else 0)


def _misuse(error: typer.BadParameter) -> str:
    """What was wrongly typed, as one sentence; "" where no command was given, as the help is printed then."""
    said = " ".join(error.format_message().split()).replace("Input should be", "it must be").rstrip(".")
    inner = [error.ctx.info_name] if error.ctx and error.ctx.parent else []
    command = " ".join(["counterpoint", *(name for name in inner if name)])
    return f"{said}: see {command} --help." if said else ""


def known_errors() -> tuple[type[Exception], ...]:
    """Errors whose message already says what to do. All are of two families, so none needs importing late."""
    return (BatchError, CollectionError, SettingsError, ValueError, RuntimeError)


if __name__ == "__main__":
    main()
