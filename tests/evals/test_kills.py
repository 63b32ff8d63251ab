"""The table of planted errors: it fails where one gets through, or where a faithful statement is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.planting import OPERATORS
from bot.records import Finding, FindingKind
from evals import kills
from evals.checker import SHARED, measure
from evals.kills import EXACT, Table
from evals.planted import Tally
from evals.planted_answers import OPERATORS as ANSWERS

from .conftest import COLLECTIONS

NIGHT = COLLECTIONS / "night-buses"


@pytest.fixture(autouse=True)
def _no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SHARED, str(tmp_path / "nowhere"))
    monkeypatch.setattr(kills, "EACH", {})
    monkeypatch.setattr(kills, "ANSWERS_EACH", 1)


def test_every_operator_has_a_row_and_all_hold(capsys: pytest.CaptureFixture[str]):
    assert measure(planted=True, folders=[NIGHT]) == 0
    out = capsys.readouterr().out
    named = [*OPERATORS, *ANSWERS, kills.QUOTED, kills.VIEW, "unanswerable answered"]
    assert all(f"| {name} | " in out for name in named)
    assert set(named) >= EXACT


def test_errors_that_get_through_fail_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("evals.planted.check_statement", lambda *_: ())
    assert measure(planted=True, folders=[NIGHT]) == 1
    assert "Below the bar" in capsys.readouterr().err


def test_a_check_that_refuses_everything_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    refuse = (Finding(kind=FindingKind.WORDS_NOT_CARRIED, detail="no"),)
    monkeypatch.setattr("evals.planted.check_statement", lambda *_: refuse)
    assert measure(planted=True, folders=[NIGHT]) == 1


@pytest.mark.parametrize(
    ("name", "found", "holds"),
    [
        ("speaker swapped", 100, True),
        ("speaker swapped", 99, False),
        ("number changed", 90, True),
        ("number changed", 89, False),
        ("two words swapped", 0, True),
    ],
)
def test_what_code_can_tell_must_be_found_every_time(name: str, found: int, holds: bool):
    table = Table()
    table.row(name, [Tally(100, found, {}, ()), None])
    assert table.holds is holds


@pytest.mark.parametrize(("refused", "holds"), [(1, True), (2, False)])
def test_one_false_alarm_in_a_hundred_is_the_most(refused: int, holds: bool):
    table = Table()
    table.alarms("base", ["x"] * refused, 100)
    assert table.holds is holds


def test_nothing_at_all_does_not_hold():
    table = Table()
    table.alarms("base", [], 0)
    assert not table.holds
