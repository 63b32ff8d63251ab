"""The second net of the care screen: what it hears, what it leaves alone, and where its weights come from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot import hints
from bot.hints import (
    Heard,
    HintsError,
    Thresholds,
    buckets_of,
    endangered,
    hints_state,
    load_net,
    rules_of,
    save_net,
    score,
)
from bot.phrases import rulebook
from bot.reading import before_report, of_another, own_speech, speech_for_hints
from bot.safety import Concern, Screening, screen, screen_with
from evals.care_training import Example, alarms, examples, report, scores, taught_by, thresholds, train

VEILED = [
    "I keep working out who would find me",
    "I found the note I wrote last winter and I'd only change the date",
    "my daughter gave away her horse and says she won't need it",
]
PLAIN = [
    "I want to kill myself",
    "i'm going to end my life tonight",
    "I took all my pills",
    "my husband hits me",
    "the voices are telling me to jump",
    "my friend wants to kill herself",
]
CALM = [
    "What does the author mean by wholeness?",
    "I work as a nurse on an acute ward and this article made me angry",
    "",
    "?!",
]
TOLERANCE = 0.001
NOTHING = np.zeros(512)


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


def test_the_net_is_told_of_rules_and_of_advice() -> None:
    told: list[Heard] = []

    def net(heard: Heard, book: object) -> bool:
        told.append(heard)
        return False

    screen_with(rulebook(), "should I stop my Zoloft", second_net=net)
    screen_with(rulebook(), "I want to kill myself", second_net=net)
    assert told[0].advice and not told[0].rules
    assert "kill-oneself" in told[1].rules and not told[1].broad


def test_a_hint_outweighs_a_request_for_advice() -> None:
    found = screen_with(rulebook(), "should I stop my Zoloft", second_net=lambda *_: True)
    assert found == Screening(concern=Concern.CRISIS, variant="self", matched=("hint",))


def test_the_net_may_say_that_a_rule_fired_on_other_words() -> None:
    message = "I volunteer at a suicide hotline, is that work criticised here?"
    assert screen_with(rulebook(), message).concern is Concern.CRISIS
    assert screen(message).concern is Concern.NONE


def test_no_sentence_around_it_talks_a_plain_one_away() -> None:
    before = "As a child I was hit by my parents. What does the author say about such wounds?"
    assert screen(f"{before} I want to kill myself").concern is Concern.CRISIS


@pytest.mark.parametrize("message", PLAIN)
def test_the_net_never_overrules_plain_words(message: str) -> None:
    assert screen(message).concern is Concern.CRISIS


def test_the_threshold_depends_on_what_fired() -> None:
    limits = Thresholds(plain=0.5, broad=0.3, sure=0.1)
    heard = Heard("i", "i", "i")
    fired = replace(heard, rules=("suicidal",))
    assert [limits.for_(each) for each in (heard, replace(fired, broad=True), fired)] == [0.5, 0.3, 0.1]


def test_words_of_another_in_a_report_are_told_apart() -> None:
    assert before_report(rulebook(), "my kid wrote 'I want to die'") is not None
    assert before_report(rulebook(), "I said 'I want to die'") is None


def test_who_is_spoken_of() -> None:
    book = rulebook()
    assert of_another(book, own_speech(book, "my son gave away his bike")[0])
    assert not of_another(book, own_speech(book, "I gave away my bike")[0])


def test_runs_are_taken_once_and_weigh_less_the_more_there_are() -> None:
    few, many = (buckets_of(Heard(words, "", "")) for words in ("go go go", "go here and there"))
    assert len(set(few[0].tolist())) == len(few[0]) < len(many[0])
    assert few[1].max() > many[1].max()


def test_rules_are_counted_to_three() -> None:
    assert rules_of(Heard("", "", "", rules=("a", "b"))) == ["a", "b", "any", "two"]
    assert rules_of(Heard("", "", "")) == []


def test_no_words_score_nothing() -> None:
    assert score(Heard(" . ", "", "?!"), NOTHING, load_net(), rulebook()) == 0.0


def test_the_score_moves_with_the_weights() -> None:
    net, heard = load_net(), Heard("zanzibar", "zanzibar", "zanzibar")
    sad = replace(net, grams=net.grams + 0.5)
    assert score(heard, NOTHING, sad, rulebook()) > score(heard, NOTHING, net, rulebook())


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
    heard = Heard("i keep working out who would find me", "", "")
    assert not endangered(heard, rulebook())
    assert endangered(replace(heard, rules=("suicidal",)), rulebook())


def test_the_committed_weights_were_taught_by_what_is_here() -> None:
    said = "the suites, lessons, phrases or collection changed: run python -m evals.care_training"
    assert load_net().taught == taught_by(examples()), said


def test_the_hash_of_the_lessons_moves_with_them() -> None:
    one, other = (Example("m", Heard(words, "", ""), crisis=True, source="") for words in ("a", "b"))
    assert taught_by([one]) != taught_by([other]) != taught_by([replace(other, crisis=False)])


def test_training_tells_what_it_was_taught_and_twice_the_same() -> None:
    few = [
        Example(m, Heard(m, m, m), m.startswith("i"), "")
        for m in ("i am lost", "who is it", "i go", "who go")
    ]
    net = train(few * 5)
    found = scores(net, few)
    assert found[[0, 2]].min() > 0.5 > found[[1, 3]].max()
    assert np.abs(scores(train(few * 5), few) - found).max() < TOLERANCE


def _judged(count: int, crisis: bool, rules: tuple[str, ...] = (), broad: bool = False) -> list[Example]:
    return [Example("", Heard("x", "x", "x", rules, broad), crisis, "b")] * count


def test_the_thresholds_keep_to_what_is_allowed() -> None:
    judged = [*_judged(100, False), *_judged(100, True, ("a",), True), *_judged(1000, True, ("a",))]
    found = np.concatenate([np.linspace(0, 0.99, 100), np.linspace(0, 0.99, 100), np.linspace(0.1, 1, 1000)])
    limits = thresholds(judged, found)
    assert (found[:100] >= limits.plain).sum() == 3
    assert (found[100:200] < limits.broad).sum() == 3
    assert (found[200:] < limits.sure).sum() in (3, 4)


def test_the_report_counts_crises_and_false_alarms_beside_the_rules() -> None:
    judged = [*_judged(1, True), *_judged(1, False, ("a",))]
    limits = Thresholds(0.5, 0.5, 0.5)
    assert alarms(judged[0], 0.6, limits) and not alarms(judged[1], 0.4, limits)
    row = report(judged, np.array([0.6, 0.4]), limits).splitlines()[1].split()
    assert row == ["b", "1/1", "0/1", "0/1", "1/1"]
