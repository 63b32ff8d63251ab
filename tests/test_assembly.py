from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest

from bot.assembly import Assembly, attribute, findings_text
from bot.completion import filling
from bot.corpus import Collection, load_collection
from bot.draft import Draft, DraftQuote, DraftStatement
from bot.positions import DebateMap, load_map
from bot.records import FindingKind, Outcome, Provenance, Stance
from bot.settings import ROOT

QUESTION = "Should the library drop late fines?"
NOWHERE = Provenance(
    model="m", collection="c", collection_hash="", index_hash="", settings_hash="", prompts_hash=""
)


Side = Literal["for", "against", "context"]


def drafted(passage: str, quote: str, stance: Side = "for", text: str = "", quoting: str | None = None):
    evidence = [DraftQuote(passage=passage, quote=quote, quoting=quoting)]
    return DraftStatement(evidence=evidence, stance=stance, text=text or quote.rstrip("."))


AUTHOR = drafted("A5", "The library should drop late fines for everyone, starting in spring.")
PILAR = drafted("C1", "I agree that fines hurt poor families", text="fines hurt poor families")
C2 = drafted("C2", "A small fine teaches children to keep a promise.", "against")


@pytest.fixture
def assembly(fines: Collection, fines_map: DebateMap) -> Assembly:
    made = Assembly(fines, fines_map, QUESTION)
    made.saw(fines.by_id)
    made.saw_topics(["drop-fines"])
    return made


# --- Attribution


@pytest.mark.parametrize(
    ("passage", "voice", "speaker"),
    [("A5", "author", "Mara Quill"), ("C1.1.1", "pilar", "Pilar"), ("C2", "C2", "Commenter C2")],
)
def test_the_speaker_comes_from_the_collection(fines: Collection, passage: str, voice: str, speaker: str):
    statement = attribute(drafted(passage, "x"), fines)
    assert (statement.voice, speaker in statement.speaker) == (voice, True)


def test_a_quote_gets_its_offsets(fines: Collection):
    evidence = attribute(C2, fines).evidence[0]
    assert fines.by_id["C2"].text[evidence.start : evidence.end] == evidence.quote


@pytest.mark.parametrize("passage", ["C2", "C77"])
def test_a_quote_that_is_not_there_has_no_place(fines: Collection, passage: str):
    evidence = attribute(drafted(passage, "nobody ever wrote these words"), fines).evidence[0]
    assert (evidence.start, evidence.end) == (0, 0)


@pytest.mark.parametrize(
    ("named", "owner"),
    [("Pilar", "pilar"), ("PILAR", "pilar"), ("C2", "C2"), ("C1.1.1", "pilar"), ("Tom Asher", "Tom Asher")],
)
def test_whose_words_are_quoted_is_a_voice_where_it_is_one(fines: Collection, named: str, owner: str):
    assert attribute(drafted("A4", "x", quoting=named), fines).evidence[0].owner == owner


# --- What may be shown


def test_a_good_statement_is_kept(assembly: Assembly):
    assert assembly.offer(PILAR) == assembly.kept[0]


def test_a_failed_statement_is_dropped_with_its_finding(assembly: Assembly):
    assert assembly.offer(drafted("C2", "A big fine teaches children to keep a promise.")) is None
    assert assembly.dropped[0].check.findings[0].kind is FindingKind.QUOTE_NOT_FOUND


def test_the_same_statement_counts_once(assembly: Assembly):
    assembly.offer(PILAR)
    assert assembly.offer(PILAR) is None
    assert (len(assembly.kept), assembly.dropped) == (1, [])


def test_the_same_words_in_another_wording_are_dropped(assembly: Assembly):
    assembly.offer(PILAR)
    again = PILAR.model_copy(update={"text": "poor families fines hurt"})
    assert assembly.offer(again) is None
    assert assembly.dropped[0].check.findings[0].kind is FindingKind.STATEMENT_REPEATED


def test_a_passage_not_seen_in_this_turn_does_not_count(fines: Collection, fines_map: DebateMap):
    assert Assembly(fines, fines_map, QUESTION).offer(PILAR) is None


def test_a_claim_may_hold_a_sign_that_its_quote_holds(assembly: Assembly):
    quote = "My father says “libraries should be free for all”, and I think he is wrong."
    assert assembly.offer(drafted("C3", quote, "context"))


def test_a_withdrawn_statement_is_dropped(assembly: Assembly):
    statement = assembly.offer(PILAR)
    assert statement
    assembly.withdraw(statement, "No.")
    assert (assembly.kept, len(assembly.dropped)) == ([], 1)


# --- Topics and sides


def test_only_topics_that_the_map_returned_are_chosen(assembly: Assembly):
    assembly.choose_topics(["books-return", "nonsense", "drop-fines", "drop-fines"])
    assert assembly.topics == ["drop-fines"]


def test_topics_that_are_not_on_the_map_are_not_offered(assembly: Assembly):
    assembly.saw_topics(["<b>"])
    assert list(assembly.offered) == ["drop-fines"]


def test_topics_are_settled_once_a_statement_stands(assembly: Assembly):
    assembly.offer(PILAR)
    assembly.choose_topics(["drop-fines"])
    assert assembly.topics == []


def test_a_side_against_the_map_is_dropped(assembly: Assembly):
    assembly.choose_topics(["drop-fines"])
    assembly.offer(C2.model_copy(update={"stance": "for"}))
    assert assembly.dropped[0].check.findings[0].kind is FindingKind.STANCE_AGAINST_MAP


def test_a_proposition_that_says_what_a_topic_says_chooses_it(assembly: Assembly):
    assembly.propose("Late fines: should the library drop them?")
    assert assembly.topics == ["drop-fines"]


def test_its_denial_does_not(assembly: Assembly):
    assembly.propose("The library should not drop late fines.")
    assert assembly.topics == []


def test_a_topic_that_agrees_with_what_is_shown_is_adopted(assembly: Assembly):
    assembly.offer(C2)
    assembly.adopt_topic()
    assert (assembly.topics, assembly.missing_sides) == (["drop-fines"], (Stance.FOR,))


def test_none_is_adopted_for_context_alone(assembly: Assembly):
    assembly.offer(C2.model_copy(update={"stance": "context"}))
    assembly.adopt_topic()
    assert assembly.topics == []


def test_none_is_adopted_that_contradicts_what_is_shown(assembly: Assembly):
    assembly.propose("The library should not drop late fines.")
    assembly.offer(C2.model_copy(update={"stance": "for"}))
    assembly.offer(PILAR.model_copy(update={"stance": "against"}))
    assembly.adopt_topic()
    assert assembly.topics == []


@pytest.mark.parametrize(
    ("offered", "missing"),
    [
        ([PILAR], [Stance.AGAINST]),
        ([C2], [Stance.FOR]),
        ([PILAR, C2], []),
        ([], [Stance.FOR, Stance.AGAINST]),
    ],
)
def test_missing_sides(assembly: Assembly, offered: list[DraftStatement], missing: list[Stance]):
    assembly.choose_topics(["drop-fines"])
    for statement in offered:
        assembly.offer(statement)
    assert list(assembly.missing_sides) == missing


def test_a_side_that_nobody_takes_is_not_missing(assembly: Assembly):
    assembly.saw_topics(["books-return"])
    assembly.choose_topics(["books-return"])
    assert assembly.missing_sides == ()


def test_filling_gives_each_voice_once_and_none_that_is_shown(fines_map: DebateMap):
    filled = filling(fines_map, ["drop-fines"], [Stance.FOR, Stance.AGAINST], {"pilar"})
    assert [statement.evidence[0].passage for statement in filled] == ["A5", "C2.1", "C2"]


@pytest.mark.parametrize("folder", [ROOT / "tests/collections/fines", ROOT / "knowledge/levine"])
def test_whatever_of_the_map_passes_the_check_may_fill_a_side(folder: Path):
    collection, debate = load_collection(folder), load_map(folder)
    refused = []
    for topic in debate.topics:
        for side in Stance:
            assembly = Assembly(collection, debate, topic.proposition)
            assembly.saw(collection.by_id)
            assembly.saw_topics([topic.id])
            assembly.choose_topics([topic.id])
            for statement in filling(debate, [topic.id], [side], ()):
                assembly.offer(statement)
            details = [f.detail for dropped in assembly.dropped for f in dropped.check.findings]
            refused += [detail for detail in details if "signs that its quotes lack" in detail]
    assert refused == []


# --- The answer


def test_counts_are_of_people(assembly: Assembly):
    assembly.choose_topics(["drop-fines"])
    assembly.offer(PILAR)
    assembly.offer(drafted("C1.1.1", "You are right about that."))
    assert assembly.answer(QUESTION, NOWHERE).voices_for == ("pilar",)


@pytest.mark.parametrize(
    ("said", "offered", "outcome"),
    [
        ("answered", [PILAR, C2], Outcome.ANSWERED),
        ("partial", [PILAR, C2], Outcome.PARTIAL),
        ("answered", [], Outcome.NOT_IN_COLLECTION),
        ("off_topic", [], Outcome.OFF_TOPIC),
        ("not_in_collection", [], Outcome.NOT_IN_COLLECTION),
        ("off_topic", [PILAR], Outcome.PARTIAL),
        ("answered", [PILAR, drafted("C2", "no such words stand here")], Outcome.PARTIAL),
        ("answered", [drafted("C2", "no such words stand here", "against"), C2], Outcome.ANSWERED),
    ],
)
def test_the_outcome_fits_what_is_shown(
    assembly: Assembly, said: str, offered: list[DraftStatement], outcome: Outcome
):
    for statement in offered:
        assembly.offer(statement)
    assembly.finish(Draft.model_validate({"outcome": said}))
    assert assembly.answer(QUESTION, NOWHERE).outcome is outcome


def test_the_gaps_say_what_nobody_argues(assembly: Assembly):
    assembly.choose_topics(["drop-fines"])
    assembly.offer(PILAR)
    assert assembly.answer(QUESTION, NOWHERE).gaps == (
        "Nobody here says what the fines should be replaced with.",
    )


def test_a_side_that_nobody_takes_is_told(assembly: Assembly):
    assembly.saw_topics(["books-return"])
    assembly.choose_topics(["books-return"])
    quote = "When the town of Elm Ferry dropped its fines, more books came back, not fewer."
    assembly.offer(drafted("A3", quote))
    assert "Nobody here speaks against this." in assembly.answer(QUESTION, NOWHERE).gaps


def test_what_was_read_and_not_cited_is_offered(assembly: Assembly):
    assembly.offer(PILAR)
    unused = [near.passage for near in assembly.answer(QUESTION, NOWHERE).unused]
    assert "C1" not in unused
    assert 0 < len(unused) <= 5


def test_an_answer_without_statements_names_no_topic(assembly: Assembly):
    assembly.choose_topics(["drop-fines"])
    answer = assembly.answer(QUESTION, NOWHERE)
    assert (answer.topics, answer.proposition, bool(answer.gaps)) == ((), "", True)


def test_starting_over_keeps_what_was_read_and_dropped(assembly: Assembly):
    assembly.finish(Draft(topics=["drop-fines"], proposition="P", outcome="off_topic"))
    assembly.offer(drafted("C2", "no such words stand here"))
    assembly.start_over()
    assert (assembly.topics, assembly.outcome, assembly.proposition) == ([], Outcome.PARTIAL, "")
    assert (len(assembly.dropped), bool(assembly.read)) == (1, True)


def test_findings_are_told_one_a_line(assembly: Assembly):
    assembly.offer(drafted("C2", "no such words stand here"))
    assert findings_text(assembly.dropped) == (
        "- “no such words stand here” (C2): “no such words stand here” does not stand in C2."
    )


def test_the_answer_can_be_written_down_whatever_a_model_wrote(assembly: Assembly):
    assembly.offer(drafted("C2\ud800", "fine \ud800 words", text="a\x00\ud83d", quoting="\udfff"))
    written = assembly.answer(QUESTION, NOWHERE).model_dump_json()
    assert json.loads(written)["dropped"]
