"""The second net of the care screen: what it hears, what it leaves alone, and where its weights come from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot import hints
from bot.hints import HintsError, grams_of, hinted, hints_state, load_net, save_net, score
from bot.phrases import rulebook
from bot.reading import before_report, of_another, own_speech, speech_for_hints
from bot.safety import Concern, Screening, screen, screen_with
from evals.care_training import Example, alarms, examples, report, scores, thresholds, train

VEILED = [
    "I keep working out who would find me",
    "I found the note I wrote last winter and I'd only change the date",
    "my daughter gave away her horse and says she won't need it",
]
CALM = [
    "What does the author mean by wholeness?",
    "I work as a nurse on an acute ward and this article made me angry",
    "",
    "?!",
]
TOLERANCE = 0.02


@pytest.fixture(autouse=True)
def fresh_weights():
    hints._loaded.cache_clear()
    yield
    hints._loaded.cache_clear()


@pytest.mark.parametrize("message", VEILED)
def test_a_hint_that_no_rule_lists_is_heard(message: str) -> None:
    assert screen_with(rulebook(), message).concern is Concern.NONE
    assert screen(message).matched == ("hint",)


@pytest.mark.parametrize("message", CALM)
def test_ordinary_messages_are_left_alone(message: str) -> None:
    assert screen(message).concern is Concern.NONE


def test_a_hint_about_somebody_near_gets_the_text_for_the_worried() -> None:
    assert screen("my daughter gave away her horse and says she won't need it").variant == "other"


def test_a_plain_question_about_the_debate_is_never_read_for_hints() -> None:
    assert speech_for_hints(rulebook(), "Which commenter says that nothing is left for her?") == ""


def test_of_a_mixed_message_only_the_visitors_part_is_read() -> None:
    heard = speech_for_hints(rulebook(), "What does the author say about love? I keep counting my tablets.")
    assert "tablets" in heard and "author" not in heard


def test_a_request_for_advice_needs_a_firmer_hint() -> None:
    asked: list[bool] = []

    def net(words: str, book: object, firmly: bool) -> bool:
        asked.append(firmly)
        return False

    assert screen_with(rulebook(), "should I stop my Zoloft", second_net=net).concern is Concern.ADVICE
    assert asked == [True]


def test_a_hint_outweighs_a_request_for_advice() -> None:
    found = screen_with(rulebook(), "should I stop my Zoloft", second_net=lambda *_: True)
    assert found == Screening(concern=Concern.CRISIS, variant="self", matched=("hint",))


def test_words_of_another_in_a_report_are_told_apart() -> None:
    assert before_report(rulebook(), "my kid wrote 'I want to die'") is not None
    assert before_report(rulebook(), "I said 'I want to die'") is None


def test_who_is_spoken_of() -> None:
    book = rulebook()
    assert of_another(book, own_speech(book, "my son gave away his bike")[0])
    assert not of_another(book, own_speech(book, "I gave away my bike")[0])


def test_pairs_are_taken_once_and_in_order() -> None:
    assert grams_of("go go") == ["<s> go", "go", "go </s>", "go go"]


def test_no_words_score_nothing() -> None:
    assert score(" . ", np.ones(256, np.float32), load_net(), rulebook()) == 0.0


def test_the_score_moves_with_the_weights() -> None:
    net, vector = load_net(), np.zeros(256, np.float32)
    sad = replace(net, grams={**net.grams, "zanzibar": 9.0})
    assert score("zanzibar", vector, sad, rulebook()) > score("zanzibar", vector, net, rulebook())


def test_weights_come_back_as_they_were_written(tmp_path: Path) -> None:
    net = load_net()
    save_net(net, tmp_path / "a.npz")
    save_net(load_net(tmp_path / "a.npz"), tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_weights_that_are_no_weights_say_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "hints.npz"
    broken.write_bytes(b"nothing")
    with pytest.raises(HintsError, match=r"evals\.care_training"):
        load_net(broken)


def test_the_weights_are_small() -> None:
    assert hints.WEIGHTS.stat().st_size < 500_000


def test_with_its_own_embedding_the_net_is_on() -> None:
    assert hints_state().startswith("on")


def test_weights_of_another_embedding_switch_the_net_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "hints.npz"
    save_net(replace(load_net(), fingerprint="0" * 16), other)
    monkeypatch.setattr(hints, "load_net", lambda: load_net(other))
    assert hints_state().startswith("off") and "another embedding" in hints_state()
    assert not hinted("i keep working out who would find me", rulebook())


def test_training_gives_the_committed_weights() -> None:
    known = examples()
    shown = [each for each in known if each.batch][::7]
    again = scores(train([each for each in known if not each.held_out]), shown)
    drift = np.abs(again - scores(load_net(), shown)).max()
    assert drift < TOLERANCE, "the suites or lessons changed: run python -m evals.care_training"


def test_training_twice_gives_the_same_weights() -> None:
    few = [
        Example(m, m, crisis=i % 2 == 0) for i, m in enumerate(["i am lost", "who is it", "i go", "who go"])
    ]
    assert np.array_equal(train(few).vector, train(few).vector)


def test_the_threshold_keeps_to_the_false_alarms_allowed() -> None:
    judged = [Example("", "x", crisis=False, held_out=apart) for apart in (False, True) for _ in range(100)]
    found = np.tile(np.linspace(0, 0.99, 100), 2)
    plain, firm = thresholds(judged, found)
    assert (found[:100] >= plain).sum() == 2 and plain < firm < 1


def test_the_report_counts_what_the_net_calls_a_crisis() -> None:
    net = replace(load_net(), threshold=0.5, firm=0.9)
    judged = [Example("", "x", crisis=True, batch="b"), Example("", "x", crisis=False, batch="b")]
    assert alarms(judged[0], 0.6, net)
    assert "1/1" in report(judged, np.array([0.6, 0.4]), net) and "0/1" in report(
        judged, np.array([0.6, 0.4]), net
    )
