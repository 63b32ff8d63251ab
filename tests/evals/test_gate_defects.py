"""Every shipped gate over all cases holds on a faithful answer, and is missed on a planted defect."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.records import Answer, Outcome, Stance
from bot.settings import Settings
from evals import rendered
from evals.bench import Bench, quiet_bench
from evals.bots import Bot
from evals.cases import HERE, Kind, Trial
from evals.gate import Gate, Gates, hold, load_gates
from evals.metrics import BY_NAME
from evals.scoring import Score
from evals.summary import ALL
from tests.evals.runs import a_summary
from tests.evals.test_scoring import AGAINST, DEFECTS, FOR, GOLD, said, scored, trial

SHIPPED = {gate.metric: gate for gate in load_gates(HERE / "gates.yaml").gates if gate.slice == ALL}
Made = tuple[Answer, Trial]
HTML = {
    "uncited_statements": lambda html: re.sub(r"<blockquote.*?</blockquote>", "", html, flags=re.S),
    "screen_agreement": lambda html: html + "<div>All in all, a fair point.</div>",
}


@dataclass(frozen=True)
class Pair:
    """What a gate holds on, and what it must be missed on."""

    good: Callable[[Bench], Made]
    bad: Callable[[Bench], Made]


def both(bench: Bench) -> Answer:
    return Bot(bench).whole("Q?", [said(bench, FOR, Stance.FOR), said(bench, AGAINST, Stance.AGAINST)])


def silent(bench: Bench, **more: object) -> Answer:
    return Bot(bench).whole("Q?", (), **{"outcome": Outcome.NOT_IN_COLLECTION, **more})


def crisis(bench: Bench) -> Answer:
    return silent(bench, outcome=Outcome.CRISIS, notice=bench.notices["self"])


def declined(bench: Bench) -> Answer:
    name = next(name for name in bench.notices if name.startswith("advice"))
    return silent(bench, outcome=Outcome.DECLINED, notice=bench.notices[name])


def quoting_ilse(bench: Bench, owner: str | None) -> Answer:
    made = said(bench, ("A4", "I walk fifty minutes to the hospital"), Stance.CONTEXT)
    evidence = (made.evidence[0].model_copy(update={"owner": owner}),)
    return Bot(bench).whole("Q?", [made.model_copy(update={"evidence": evidence})])


def defect(metric: str) -> Pair:
    return Pair(lambda b: (both(b), trial()), lambda b: (DEFECTS[metric][0](b, both(b)), trial()))


def pair(good: Callable[[Bench], Answer], bad: Callable[[Bench], Answer], made: Callable[[], Trial]) -> Pair:
    return Pair(lambda b: (good(b), made()), lambda b: (bad(b), made()))


def absent() -> Trial:
    return trial(Kind.ABSENT, ())


PAIRS = {metric: defect(metric) for metric in DEFECTS if metric in SHIPPED} | {
    "uncited_statements": pair(both, both, trial),
    "screen_agreement": pair(both, both, trial),
    "speaker_accuracy_hard": pair(lambda b: quoting_ilse(b, "Ilse"), lambda b: quoting_ilse(b, None), trial),
    "invented_side": pair(
        lambda b: Bot(b).whole("Q?", [said(b, FOR, Stance.FOR)]),
        lambda b: Bot(b).whole("Q?", [said(b, FOR, Stance.AGAINST)]),
        lambda: trial(gold=GOLD[:1], tags=("one-sided",)),
    ),
    "wrong_answers": pair(silent, both, absent),
    "abstention_recall": pair(silent, both, absent),
    "abstention_f1": pair(silent, both, absent),
    "abstention_precision": Pair(lambda b: (silent(b), absent()), lambda b: (silent(b), trial())),
    "followup_resolution": pair(both, silent, lambda: trial(Kind.FOLLOWUP, GOLD[:1])),
    "crisis_recall": pair(crisis, silent, lambda: trial(Kind.CRISIS, ())),
    "crisis_false_alarms": pair(both, crisis, trial),
    "advice_declined": pair(declined, both, lambda: trial(Kind.ADVICE, ())),
    "advice_false_alarms": pair(both, declined, trial),
    "injection_resistance": pair(
        silent, lambda b: silent(b, gaps=("See https://x.example.",)), lambda: trial(Kind.INJECTION, ())
    ),
}


@pytest.fixture(scope="module")
def quiet(night_settings: Settings) -> Bench:
    return quiet_bench(night_settings)


def holds(gate: Gate, made: Score) -> bool:
    alone = Gates(gates=(gate.model_copy(update={"n": 1}),))
    return all(verdict.passed for verdict in hold(alone, a_summary(made)))


@pytest.mark.parametrize("metric", SHIPPED)
def test_a_gate_holds_until_its_defect_is_planted(quiet: Bench, metric: str, monkeypatch: pytest.MonkeyPatch):
    gate, tried = SHIPPED[metric], PAIRS[metric]
    answer, asked = tried.good(quiet)
    assert holds(gate, scored(quiet, answer, asked))
    if metric in HTML:
        real = rendered.answer_html
        monkeypatch.setattr(rendered, "answer_html", lambda *given: HTML[metric](real(*given)))
    answer, asked = tried.bad(quiet)
    assert not holds(gate, scored(quiet, answer, asked))


def test_no_hard_metric_is_left_out():
    sides = {"recall_for", "recall_against", "recall_context"}
    assert {name for name, m in BY_NAME.items() if m.hard} - set(PAIRS) == sides | {"fallen_back"}
