"""Running: what is written, what is taken up again, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.events import Turn
from bot.records import Answer
from evals.bots import Bot
from evals.cases import Case, Kind, Suite, Trial
from evals.runner import ANSWERS, RunError, forget, open_trials, put, read_rows


class Counting:
    """Answers every question with nothing, and remembers what it was asked; fails on one."""

    def __init__(self, maker: Bot, failing: str = "") -> None:
        self.maker, self.failing = maker, failing
        self.asked: list[str] = []
        self.at_once = self.most = 0

    async def answer_async(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        self.asked.append(question)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0.001)
        self.at_once -= 1
        if question == self.failing:
            raise RuntimeError("out of order")
        return self.maker.whole(question, ())


@pytest.fixture
def chosen() -> list[Trial]:
    cases = tuple(Case(id=f"c{n}", question=f"Q{n}?", kind=Kind.CONTESTED) for n in range(5))
    suite = Suite("own", Path("own.jsonl"), "", cases)
    return [Trial(suite, case) for case in cases]


def go(
    trials: Sequence[Trial], guide: Counting, folder: Path, made_by: str = "x", parallel: int = 1
) -> list[Trial]:
    path = folder / ANSWERS
    left = open_trials(trials, read_rows(path), made_by, path)
    asyncio.run(put(left, guide, path, made_by, parallel))
    return left


def test_every_trial_is_asked_once_and_written(tmp_path: Path, maker: Bot, chosen: list[Trial]):
    guide = Counting(maker)
    go(chosen, guide, tmp_path)
    assert guide.asked == [trial.question for trial in chosen]
    assert list(read_rows(tmp_path / ANSWERS)) == [trial.id for trial in chosen]


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path, maker: Bot, chosen: list[Trial]):
    go(chosen[:3], Counting(maker), tmp_path)
    again = Counting(maker)
    go(chosen, again, tmp_path)
    assert again.asked == ["Q3?", "Q4?"]


def test_a_line_that_was_cut_off_is_asked_again(tmp_path: Path, maker: Bot, chosen: list[Trial]):
    go(chosen[:3], Counting(maker), tmp_path)
    path = tmp_path / ANSWERS
    path.write_text(path.read_text("utf-8")[:-40], "utf-8")
    again = Counting(maker)
    go(chosen[:3], again, tmp_path)
    assert again.asked == ["Q2?"]
    assert len(read_rows(path)) == 3


def test_a_broken_line_in_the_middle_is_refused(tmp_path: Path, maker: Bot, chosen: list[Trial]):
    go(chosen[:3], Counting(maker), tmp_path)
    path = tmp_path / ANSWERS
    lines = path.read_text("utf-8").split("\n")
    path.write_text("\n".join([lines[0], lines[1][:30], *lines[2:]]), "utf-8")
    with pytest.raises(RunError, match="line 2"):
        read_rows(path)


def test_answers_of_other_settings_are_not_mixed_in(tmp_path: Path, maker: Bot, chosen: list[Trial]):
    go(chosen, Counting(maker), tmp_path, made_by="x")
    with pytest.raises(RunError, match="other settings"):
        go(chosen, Counting(maker), tmp_path, made_by="y")


def test_answers_of_other_settings_are_forgotten_on_request(tmp_path: Path, maker: Bot, chosen: list[Trial]):
    path = tmp_path / ANSWERS
    go(chosen[:3], Counting(maker), tmp_path, made_by="x")
    go(chosen[3:], Counting(maker), tmp_path, made_by="y")
    forget(path, chosen[1:], "y")
    assert {id_: row.made_by for id_, row in read_rows(path).items()} == {
        "own:c0": "x",
        "own:c3": "y",
        "own:c4": "y",
    }
    again = Counting(maker)
    go(chosen[1:], again, tmp_path, made_by="y")
    assert again.asked == ["Q1?", "Q2?"]


def test_an_error_is_written_and_tried_again(tmp_path: Path, maker: Bot, chosen: list[Trial]):
    go(chosen, Counting(maker, failing="Q2?"), tmp_path)
    assert read_rows(tmp_path / ANSWERS)["own:c2"].error == "RuntimeError: out of order"
    again = Counting(maker)
    go(chosen, again, tmp_path)
    assert again.asked == ["Q2?"]
    assert read_rows(tmp_path / ANSWERS)["own:c2"].error is None


@pytest.mark.parametrize("parallel", [1, 3])
def test_no_more_are_asked_at_once_than_allowed(
    tmp_path: Path, maker: Bot, chosen: list[Trial], parallel: int
):
    guide = Counting(maker)
    go(chosen, guide, tmp_path, parallel=parallel)
    assert guide.most == parallel
