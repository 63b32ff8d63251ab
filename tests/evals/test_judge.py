"""Admitting a model judge."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import openai
import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.outputs import ChatResult

from evals.judge import Labelled, ModelJudge, admit, read_labelled
from evals.runner import RunError

EVIDENCE = "The council built a car park by the harbour."
PAIRS = [
    Labelled(claim="the council built a car park", evidence=EVIDENCE, faithful=True),
    Labelled(claim="the council built a stadium", evidence=EVIDENCE, faithful=False),
    Labelled(claim="the harbour built a car park by the council", evidence=EVIDENCE, faithful=False),
]


class Scripted:
    """Says what it is told to, in order."""

    def __init__(self, *verdicts: bool | None) -> None:
        self.verdicts = iter(verdicts)

    async def supports(self, claim: str, evidence: str) -> bool | None:
        return next(self.verdicts)


@pytest.mark.parametrize(
    ("verdicts", "because"),
    [
        ((True, False, False), None),
        ((True, True, True), "below 0.75"),
        ((False, True, True), "below 0.75"),
        ((True, None, None), "too few"),
        ((None, None, None), "too few"),
    ],
)
def test_a_judge_is_admitted_by_what_it_gets_right(verdicts: tuple[bool | None, ...], because: str | None):
    refused = asyncio.run(admit(Scripted(*verdicts), PAIRS)).refused_because
    assert refused is None if because is None else because in (refused or "")


def test_a_judge_that_is_worse_than_the_code_is_refused():
    pairs = [*PAIRS[:2]] * 4
    made = asyncio.run(admit(Scripted(*[True, False] * 3, True, True), pairs))
    assert made.balanced == pytest.approx(0.875) and made.code == 1
    assert "the code's own" in (made.refused_because or "")


def test_what_was_unscored_counts_neither_way():
    made = asyncio.run(admit(Scripted(True, None, False), PAIRS))
    assert (made.balanced, made.unscored) == (1, 1)


@pytest.mark.parametrize(
    ("reply", "verdict"), [("Yes.", True), ("no", False), ("I think so", None), ("", None)]
)
def test_only_a_plain_word_is_a_verdict(reply: str, verdict: bool | None):
    judge = ModelJudge(FakeListChatModel(responses=[reply]))
    assert asyncio.run(judge.supports("a", "b")) is verdict


def test_a_set_that_is_too_small_is_refused(tmp_path: Path):
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(json.dumps(pair.model_dump()) for pair in PAIRS), "utf-8")
    with pytest.raises(RunError, match="3 pairs"):
        read_labelled(path)


def test_a_line_without_a_label_is_named(tmp_path: Path):
    path = tmp_path / "labelled.jsonl"
    path.write_text(json.dumps({"claim": "a", "evidence": "b"}), "utf-8")
    with pytest.raises(RunError, match="line 1"):
        read_labelled(path)


def test_a_judge_that_cannot_be_asked_is_one_sentence():
    class Gone(FakeListChatModel):
        async def _agenerate(self, *_: object, **__: object) -> ChatResult:
            raise openai.OpenAIError("gone")

    with pytest.raises(RunError, match=r"The judge could not be asked, .*: look at OPENAI_BASE_URL"):
        asyncio.run(ModelJudge(Gone(responses=["yes"])).supports("A claim.", "Evidence."))
