"""`counterpoint transcript` and `counterpoint feedback …`: what is made of answers that are stored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.batch import BatchError, read_answers, write_lines
from bot.corpus import load_collection
from bot.exchange import Exchange
from bot.feedback import FeedbackStore, feedback_cases
from bot.settings import load_settings
from bot.transcript import markdown, page

FORMATS = {".md": markdown, ".html": page}

feedback_app = typer.Typer(no_args_is_help=True, help="What visitors said of answers, where they may.")


def transcript(
    answers: Annotated[Path, typer.Argument(help="Answers as `ask --json` or `--batch` wrote them.")],
    out: Annotated[Path, typer.Argument(help="Where to write it: a file ending in .md or .html.")],
    address: Annotated[
        str, typer.Option("--address", help="Where the window stands, for links back into the text.")
    ] = "",
) -> None:
    """Write stored answers as one transcript, Markdown or a page that needs nothing else."""
    written = FORMATS.get(out.suffix.lower())
    if written is None:
        raise BatchError(f"{out} ends in neither .md nor .html: choose one of the two.")
    exchanges = [Exchange(question=row.answer.question, answer=row.answer) for row in read_answers(answers)]
    text = written(exchanges, load_collection(load_settings().collection_dir), address)
    out.write_text(text, "utf-8")


@feedback_app.command("export")
def export(out: Annotated[Path, typer.Argument(help="The suite to write, a JSONL file.")]) -> None:
    """Write the stored feedback as an evaluation suite, one case a question, its verdicts as tags."""
    given = FeedbackStore(load_settings().data_dir).all()
    cases = feedback_cases(given)
    if not cases:
        raise BatchError("No feedback has been given yet, so there is nothing to export.")
    write_lines(out, cases)
    print(
        f"{out}: {len(cases)} cases of {len(given)} verdicts. Look through their gold before you rely on it."
    )


@feedback_app.command("list")
def list_() -> None:
    """Print each verdict with its time, its question and its note."""
    for each in FeedbackStore(load_settings().data_dir).all():
        note = " ".join(each.note.split())
        print(f"{each.at}\t{each.verdict}\t{each.answer.question}\t{note}")
