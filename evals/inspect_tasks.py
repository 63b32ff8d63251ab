"""The suites as inspect_ai tasks, with its logs and viewer: an extra, see `requirements-inspect.txt`.

    inspect eval evals/inspect_tasks.py@guide --model none -T suite=contested
    inspect eval evals/inspect_tasks.py@bare_model --model openai/… -T suite=contested
    inspect view

`guide` puts the questions to the guide as it is set up (COUNTERPOINT_MODEL and the rest); inspect's own model
has no part in it. `bare_model` puts them to inspect's model alone, with the passages that the search finds,
as what a guide without a check would show. Both are scored by the same metrics as `counterpoint eval run`.
inspect exits 0 whatever the scores are: hold `counterpoint eval run` against gates, not these.
"""

from __future__ import annotations

import atexit
import re
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageUser, ModelOutput
from inspect_ai.scorer import Metric, SampleScore, Scorer, Target, metric, scorer
from inspect_ai.scorer import Score as Shown
from inspect_ai.solver import Generate, Solver, TaskState, solver

from bot.events import Turn
from bot.records import Answer, Evidence, Outcome, Stance, Statement
from bot.rendering import plain_text
from bot.settings import load_settings
from bot.wording import locate
from evals.bench import Bench, open_bench, settings_for
from evals.bots import Bot
from evals.cases import SuiteError, Trial, demand_gold, find_suites, trials
from evals.metrics import CATALOGUE, Measure
from evals.scoring import Score, score
from evals.support import Prices

PASSAGES = 12
ANSWER, SCORE = "counterpoint_answer", "counterpoint_score"
SAID = re.compile(r"^(?P<speaker>[^:“”\[\]]{1,80}): (?P<text>\S.*)$")
QUOTED = re.compile(r"^\s*“(?P<quote>.+)” \[(?P<passage>[AC]\d[\d.]*)\]$")
ASK = (
    "Answer the question with what these passages say, and with nothing else. Write FOR, AGAINST or CONTEXT "
    "on a line of its own, and under it for each statement two lines, so:\n\n"
    "Speaker: what the speaker says, in one clause\n  “the words that show it, copied” [passage]\n\n"
    "If the passages do not hold it, write NOT IN THE TEXT.\n\n{passages}\n\nQuestion: {question}"
)

_open = ExitStack()
atexit.register(_open.close)


@task
def guide(suite: str = "contested", limit: int | None = None, seed: int = 0) -> Task:
    """A suite, by name or path, put to the guide. `limit`: cases, drawn by the seed."""
    return _task(suite, limit, seed, ask_guide)


@task
def bare_model(suite: str = "contested", limit: int | None = None, seed: int = 0) -> Task:
    """A suite put to inspect's model alone, with what the search finds."""
    return _task(suite, limit, seed, ask_model)


def _task(name: str, limit: int | None, seed: int, make: Callable[[dict[str, Trial], Bench], Solver]) -> Task:
    suites = find_suites([name])
    if len(suites) != 1 or suites[0].searches_only:
        raise SuiteError(f"{name} is not one suite of questions: name one, such as contested.")
    suite = suites[0]
    bench = _bench(suite.collection)
    demand_gold(suite, bench.collection)
    asked = {trial.id: trial for trial in trials(suite, limit=limit, seed=seed)}
    return Task(
        dataset=MemoryDataset([_sample(trial) for trial in asked.values()], name=suite.name),
        solver=make(asked, bench),
        scorer=[_scorer(each.name, asked, bench) for each in CATALOGUE if each.hard],
    )


@cache
def _bench(collection: str) -> Bench:
    return _open.enter_context(open_bench(settings_for(load_settings(), collection)))


def _sample(trial: Trial) -> Sample:
    gold = [f"{each.side}: {each.any[0]}" for each in trial.case.gold]
    return Sample(
        input=trial.question,
        target=gold or "nothing",
        id=trial.id,
        metadata={"kind": trial.case.kind.value, "tags": list(trial.case.tags), "cluster": trial.cluster},
    )


def _turns(trial: Trial) -> list[Turn]:
    return [Turn(question=question, gist=answer) for question, answer in trial.case.history]


@solver
def ask_guide(asked: dict[str, Trial], bench: Bench) -> Solver:
    """Puts a sample to the guide; the completion is what the terminal shows."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        trial = asked[str(state.sample_id)]
        answer = await bench.guide.answer_async(trial.question, _turns(trial))
        state.store.set(ANSWER, answer.model_dump(mode="json"))
        state.output = ModelOutput.from_content(bench.settings.model, plain_text(answer))
        return state

    return solve


@solver
def ask_model(asked: dict[str, Trial], bench: Bench) -> Solver:
    """Puts a sample to inspect's model, and reads its reply as an answer that nothing has checked."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        trial = asked[str(state.sample_id)]
        before = [f"{question} {gist}" for question, gist in trial.case.history]
        found = bench.search(trial.question)[:PASSAGES] if bench.search else ()
        held = bench.collection
        passages = "\n\n".join(f"[{id_}] {held.speaker(id_).label}: {held.by_id[id_].text}" for id_ in found)
        question = " ".join([*before, trial.question])
        state.messages = [ChatMessageUser(content=ASK.format(passages=passages, question=question))]
        state = await generate(state)
        answer = read_reply(state.output.completion, trial.question, tuple(found), bench)
        state.store.set(ANSWER, answer.model_dump(mode="json"))
        return state

    return solve


def read_reply(reply: str, question: str, read: tuple[str, ...], bench: Bench) -> Answer:
    """A model's reply as an answer: what has no place in the form is shown as the guide's own words."""
    stance, said, stray = Stance.CONTEXT, None, list[str]()
    statements = list[Statement]()
    for line in filter(str.strip, reply.splitlines()):
        heading = line.strip().strip("*#: ").casefold()
        if heading in tuple(Stance):
            stance = Stance(heading)
        elif (quoted := QUOTED.match(line)) and said:
            statements.append(_statement(said, quoted, stance, bench))
            said = None
        elif said is None and (spoken := SAID.match(line.strip())):
            said = spoken
        elif heading != "not in the text":
            stray.append(line.strip())
    stray += [said.group()] if said else []
    made = Bot(bench).whole(
        question,
        statements,
        gaps=tuple(stray),
        outcome=Outcome.ANSWERED if statements else Outcome.NOT_IN_COLLECTION,
    )
    read_now = made.provenance.model_copy(update={"passages_read": read})
    return made.model_copy(update={"provenance": read_now})


def _statement(said: re.Match[str], quoted: re.Match[str], stance: Stance, bench: Bench) -> Statement:
    passage = bench.collection.by_id.get(quoted["passage"])
    start, end = (locate(quoted["quote"], passage.text) if passage else None) or (0, 0)
    voice = next(
        (v for v in bench.collection.voices if said["speaker"].strip() in (v.label, v.name, v.id)), None
    )
    return Statement(
        stance=stance,
        voice=voice.id if voice else said["speaker"],
        speaker=said["speaker"],
        text=said["text"],
        evidence=(Evidence(passage=quoted["passage"], quote=quoted["quote"], start=start, end=end),),
    )


@metric
def share() -> Metric:
    """How much of how many over all samples, as the summary of a run counts it; NaN where nothing was."""

    def computed(scores: list[SampleScore]) -> float:
        counted = [Measure.model_validate(each.score.metadata) for each in scores if each.score.metadata]
        of = sum(measure.of for measure in counted)
        return sum(measure.hits for measure in counted) / of if of else float("nan")

    return computed


@metric
def counted() -> Metric:
    """How many things were counted over all samples."""

    def computed(scores: list[SampleScore]) -> float:
        return sum(float((each.score.metadata or {}).get("of", 0)) for each in scores)

    return computed


def _scorer(name: str, asked: dict[str, Trial], bench: Bench) -> Scorer:
    """The scorer of one hard metric; a sample in which there is nothing to count is unscored."""

    @scorer(metrics=[share(), counted()], name=name)
    def one() -> Scorer:
        async def scored(state: TaskState, target: Target) -> Shown:
            made = _scored(state, asked, bench)
            measure = made.measures.get(name)
            why = "\n".join(c.detail for c in made.complaints if c.metric == name)
            if measure is None or not measure.of:
                return Shown.unscored(explanation="nothing to count")
            return Shown(
                value=measure.hits / measure.of, explanation=why, metadata=measure.model_dump(mode="json")
            )

        return scored

    return one()


def _scored(state: TaskState, asked: dict[str, Trial], bench: Bench) -> Score:
    """The score of a sample, made once for all scorers."""
    if (known := state.store.get(SCORE)) is not None:
        return Score.model_validate(known)
    answer = Answer.model_validate(state.store.get(ANSWER))
    made = score(asked[str(state.sample_id)], answer, bench, Prices())
    state.store.set(SCORE, made.model_dump(mode="json"))
    return made
