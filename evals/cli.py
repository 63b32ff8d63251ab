"""`counterpoint eval …`: run suites, compare runs, hold a run against gates, try the cheating bots."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from bot import cli
from bot.settings import PREFIX, load_settings

GATES = Path(__file__).with_name("gates.yaml")

eval_app = typer.Typer(no_args_is_help=True, help="Evaluations that can fail.")

Out = Annotated[Path | None, typer.Option("--out", help="The run's folder; default var/evals/TIME.")]


@eval_app.command("run")
def run_(
    suites: Annotated[
        list[str] | None, typer.Argument(help="Suites by name or path; none: all shipped.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="As COUNTERPOINT_MODEL.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Cases a suite, drawn by the seed.")
    ] = None,
    out: Out = None,
    repeat: Annotated[int, typer.Option("--repeat", min=1, help="Times each question is put.")] = 1,
    seed: Annotated[int, typer.Option("--seed", help="For the draw and the intervals.")] = 0,
    parallel: Annotated[int | None, typer.Option("--parallel", min=1, help="Cases at once.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Ask again what other settings, texts or code answered in --out.")
    ] = False,
    prompt_price: Annotated[
        float | None, typer.Option("--prompt-price", help="Of a million tokens read.")
    ] = None,
    completion_price: Annotated[
        float | None, typer.Option("--completion-price", help="Of a million tokens written.")
    ] = None,
) -> None:
    """Run suites and write answers, scores, a summary, JUnit XML and a report; exits 1 if a case errored."""
    from evals.run import Plan, default_out, run
    from evals.support import Prices
    from evals.table import headline

    if model:
        os.environ[PREFIX + "MODEL"] = model
    plan = Plan(
        suites=tuple(suites or ()),
        out=out or default_out(),
        limit=limit,
        repeat=repeat,
        seed=seed,
        parallel=parallel,
        prices=Prices(prompt=prompt_price, completion=completion_price),
        again=again,
    )
    try:
        summary = run(plan, load_settings(), cli.errors)
    except KeyboardInterrupt:
        cli.errors.print(f"Stopped. What is answered is kept: the same with --out {plan.out} goes on.")
        raise typer.Exit(130) from None
    print(headline(summary))
    cli.errors.print(f"{summary.trials} trials, {len(summary.errors)} errors; see {plan.out / 'report.html'}")
    for error in summary.errors[:10]:
        cli.errors.print(error, markup=False)
    raise typer.Exit(1 if summary.errors or not summary.trials else 0)


@eval_app.command("compare")
def compare_(
    first: Annotated[Path, typer.Argument(help="The folder of a run.")],
    second: Annotated[Path, typer.Argument(help="The folder of a later run.")],
    seed: Annotated[int, typer.Option("--seed", help="For the intervals.")] = 0,
) -> None:
    """Compare two runs: paired differences with intervals, and every trial that flipped."""
    from evals.compare import compare, comparison_text
    from evals.run import read_scores
    from evals.runner import ANSWERS, read_rows

    asked = [{row.id: row.question for row in read_rows(each / ANSWERS).values()} for each in (first, second)]
    print(comparison_text(compare(read_scores(first), read_scores(second), seed, (asked[0], asked[1]))))


@eval_app.command("gate")
def gate_(
    folder: Annotated[Path, typer.Argument(help="The folder of a run.")],
    config: Annotated[Path, typer.Option("--config", help="The gates.")] = GATES,
) -> None:
    """Hold a run against gates; exits 1 on a miss, an error, too small a sample, or nothing at all."""
    from evals.gate import gate_text, hold, load_gates, passes
    from evals.run import read_summary

    summary = read_summary(folder)
    verdicts = hold(load_gates(config), summary)
    print(gate_text(verdicts, summary))
    raise typer.Exit(0 if passes(verdicts, summary) else 1)


@eval_app.command("bots")
def bots_(
    config: Annotated[Path, typer.Option("--config", help="The gates.")] = GATES,
    cases: Annotated[int, typer.Option("--cases", min=1, help="Cases of each suite.")] = 6,
    seed: Annotated[int, typer.Option("--seed", help="For the draw.")] = 0,
) -> None:
    """Try sixteen bots that cheat on a small slice, in some minutes; exits 1 if one is not caught by the
    gate that is meant for it."""
    from evals.bench import open_bench
    from evals.bots import CHEATS
    from evals.cases import find_suites
    from evals.gate import load_gates
    from evals.run import counter
    from evals.trap import spring, trap_text

    suites = [suite for suite in find_suites([]) if not suite.collection]
    with open_bench(load_settings()) as bench, counter(cli.errors) as progress:
        task = progress.add_task("bots", total=len(CHEATS) + 1)
        found = spring(bench, suites, load_gates(config), seed, cases, lambda: progress.advance(task))
    print(trap_text(found))
    raise typer.Exit(0 if all(each.caught for each in found) else 1)


@eval_app.command("judge")
def judge_(
    folder: Annotated[Path, typer.Argument(help="The folder of a run.")],
    model: Annotated[str, typer.Option("--model", help="The judge, a model at OPENAI_BASE_URL.")],
    labelled: Annotated[
        Path | None, typer.Option("--labelled", help="Own pairs: claim, evidence, faithful.")
    ] = None,
) -> None:
    """Let a model judge a run's statements; exits 1 where it is no better than the check itself."""
    import asyncio

    from bot.endpoint import load_plain_chat
    from evals.bench import open_bench
    from evals.judge import ModelJudge, admit, judge_run, read_labelled, shipped
    from evals.runner import ANSWERS, read_rows

    settings, rows = load_settings(), read_rows(folder / ANSWERS)
    pairs = read_labelled(labelled) if labelled else shipped()
    judge = ModelJudge(load_plain_chat(settings, model))
    admission = asyncio.run(admit(judge, pairs))
    if admission.refused_because:
        cli.errors.print(f"{model} is refused as a judge: {admission.refused_because}.")
        raise typer.Exit(1)
    with open_bench(settings) as bench:
        judged = asyncio.run(judge_run(judge, rows, bench))
    share = f"{judged.carried / judged.scored:.3f}" if judged.scored else "n/a"
    print(f"carried: {share} of {judged.scored}; unscored: {judged.unscored}")
    print(f"judge {model}: balanced accuracy {admission.balanced:.3f}, the code's {admission.code:.3f}")


@eval_app.command("checker")
def checker_(
    planted: Annotated[
        bool, typer.Option("--planted", help="Plant errors instead of reading public sets; takes minutes.")
    ] = False,
    pairs: Annotated[bool, typer.Option("--pairs", help="The shipped labelled pairs instead.")] = False,
    collection: Annotated[
        list[Path] | None, typer.Option("--collection", help="With --planted: a folder; none: all shipped.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="For the draw.")] = 1,
) -> None:
    """Measure the check itself: on the public sets in ../shared/data, on planted errors or labelled pairs."""
    from evals.checker import measure

    raise typer.Exit(measure(planted, pairs, collection, seed))


def main() -> None:
    """The whole command line: the guide's commands and the evaluations."""
    cli.app.add_typer(eval_app, name="eval")
    cli.main()


if __name__ == "__main__":
    main()
