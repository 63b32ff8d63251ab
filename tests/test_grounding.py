"""The check: what it lets through, what it stops, and by which rule."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot import grounding
from bot.corpus import Collection, load_collection, spoken_as
from bot.grounding import Grounds, Stances, check, check_statement, checked, grounds_for, voices_of
from bot.records import (
    Answer,
    Evidence,
    FindingKind,
    Outcome,
    Provenance,
    Stance,
    Statement,
)
from bot.wording import locate
from evals.planted import sentence_statements

FINES = Path(__file__).parent / "collections" / "fines"
PILAR = ("C1", "I agree that fines hurt poor families")
DESK = ("C2", "A small fine teaches children to keep a promise.")
SHAME = ("C2.1", "It never taught me anything but shame.")
ASHER = ("A4", "We stopped being the police and became neighbours again.")
SUMS = ("A1", "spent 6,000 dollars collecting them")


@cache
def collection() -> Collection:
    return load_collection(FINES)


@cache
def grounds() -> Grounds:
    return grounds_for(collection(), collection().by_id)


def quoting(passage: str, quote: str, owner: str | None = None) -> Evidence:
    start, end = locate(quote, collection().by_id[passage].text) or (0, 0)
    return Evidence(passage=passage, quote=quote, start=start, end=end, owner=owner)


def saying(
    text: str, *quotes: tuple[str, str], stance: Stance = Stance.CONTEXT, owner: str | None = None
) -> Statement:
    voice = collection().speaker(quotes[0][0])
    return Statement(
        stance=stance,
        voice=voice.id,
        speaker=spoken_as(voice),
        text=text,
        evidence=tuple(quoting(passage, quote, owner) for passage, quote in quotes),
    )


def kinds(statement: Statement, against: Grounds | None = None) -> list[FindingKind]:
    return [finding.kind for finding in check_statement(statement, against or grounds())]


FAITHFUL = {
    "the quote's own words": saying("fines hurt poor families", PILAR),
    "its whole sentence": saying(DESK[1], DESK),
    "a word from the quote's sentence": saying("someone still has to pay for lost books", PILAR),
    "a number in words": saying("the library spent 6,000 dollars collecting them", SUMS),
    "a double negation": saying("it never taught anything but shame", SHAME),
    "an opening word of saying": saying("says that fines hurt poor families", PILAR),
    "a first person put as “one can”": saying("one can agree that fines hurt poor families", PILAR),
    "a whole short passage": saying("great plan", ("C4", "Great plan.")),
    "an owned quote as context": saying(
        "“we stopped being the police and became neighbours again”", ASHER, owner="Tom Asher"
    ),
    "an owned quote beside own words": saying(
        "when the town dropped its fines, more books came back",
        ("A3", "more books came back, not fewer"),
        stance=Stance.FOR,
    ),
    "another's words in quote marks": saying(
        "the father who says “libraries should be free for all” is wrong",
        ("C3", "My father says “libraries should be free for all”, and I think he is wrong."),
    ),
    "two quotes of one voice": saying(
        "fines hurt poor families, and two things were mixed up",
        PILAR,
        ("C1.1.1", "I had mixed up the two."),
    ),
    "an ellipsis": saying(
        "fines hurt poor families, but someone has to pay",
        ("C1", "I agree that fines … has to pay for lost books"),
    ),
}

WRONG = [
    ("no such passage", FindingKind.PASSAGE_UNREAD, saying("x", PILAR).model_copy(
        update={"evidence": (Evidence(passage="C99", quote="fines hurt poor families"),)})),
    ("a quote of another passage", FindingKind.QUOTE_NOT_FOUND, saying("fines hurt", ("C2", PILAR[1]))),
    ("a quote with one word changed", FindingKind.QUOTE_NOT_FOUND, saying("x", ("C1", "I agree that fines help poor families"))),
    ("a quote of three words", FindingKind.QUOTE_NOT_FOUND, saying("fines hurt poor", ("C1", "fines hurt poor"))),
    ("wrong offsets", FindingKind.QUOTE_NOT_FOUND, saying("fines hurt", PILAR).model_copy(
        update={"evidence": (quoting(*PILAR).model_copy(update={"start": 3}),)})),
    ("an ellipsis over a “not”", FindingKind.QUOTE_NOT_FOUND, saying(
        "more books came back", ("A3", "more books came back … The librarian Tom Asher said"))),
    ("an outsider's words as one's own", FindingKind.QUOTE_OF_ANOTHER, saying(ASHER[1], ASHER)),
    ("a quoted voice's words as one's own", FindingKind.QUOTE_OF_ANOTHER, saying(
        "fines keep poor families away", ("C2", "Fines keep poor families away."))),
    ("a side taken with another's words", FindingKind.QUOTE_OF_ANOTHER, saying(
        "“we stopped being the police and became neighbours again”", ASHER, owner="Tom Asher", stance=Stance.FOR)),
    ("an owner of one's own words", FindingKind.QUOTE_OF_ANOTHER, saying(DESK[1], DESK, owner="author")),
    ("the wrong owner", FindingKind.QUOTE_OF_ANOTHER, saying("x", ASHER, owner="Mara Quill")),
    ("an owner of half the quote", FindingKind.QUOTE_OF_ANOTHER, saying("x", (
        "C3", "My father says “libraries should be free for all”"), owner="unknown")),
    ("a quote that begins inside another's words", FindingKind.QUOTE_OF_ANOTHER, saying("he is wrong", (
        "C3", "free for all”, and I think he is wrong"))),
    ("another speaker", FindingKind.VOICE_NOT_THE_SPEAKER, saying("fines hurt", PILAR).model_copy(update={"voice": "C2"})),
    ("a voice that is not here", FindingKind.VOICE_NOT_THE_SPEAKER, saying("fines hurt", PILAR).model_copy(update={"voice": "x"})),
    ("another label", FindingKind.VOICE_NOT_THE_SPEAKER, saying("fines hurt", PILAR).model_copy(update={"speaker": "Mara Quill"})),
    ("quotes of two voices", FindingKind.VOICE_NOT_THE_SPEAKER, saying("fines hurt", PILAR, DESK)),
    ("another voice named", FindingKind.VOICE_NOT_THE_SPEAKER, saying("Pilar teaches children to keep a promise", DESK)),
    ("the author named", FindingKind.VOICE_NOT_THE_SPEAKER, saying("the author is wrong about a small fine", DESK)),
    ("another passage named", FindingKind.VOICE_NOT_THE_SPEAKER, saying("a small fine teaches C1 to keep a promise", DESK)),
    ("a number added", FindingKind.DETAIL_NOT_IN_QUOTE, saying("a small fine teaches 12 children to keep a promise", DESK)),
    ("a number changed", FindingKind.DETAIL_NOT_IN_QUOTE, saying("the library spent 4,000 dollars", SUMS)),
    ("a name added", FindingKind.DETAIL_NOT_IN_QUOTE, saying("a small fine teaches Asher to keep a promise", DESK)),
    ("a negation added", FindingKind.DETAIL_NOT_IN_QUOTE, saying("fines do not hurt poor families", PILAR)),
    ("a negation dropped", FindingKind.DETAIL_NOT_IN_QUOTE, saying("it taught anything but shame", SHAME)),
    ("a negation cut off by the quote", FindingKind.DETAIL_NOT_IN_QUOTE, saying("what I see at the desk", (
        "C2", "what I see at the desk"))),
    ("reach added", FindingKind.DETAIL_NOT_IN_QUOTE, saying("all fines hurt poor families", PILAR)),
    ("one word replaced", FindingKind.WORDS_NOT_CARRIED, saying("fines hurt poor penguins", PILAR)),
    ("no words", FindingKind.WORDS_NOT_CARRIED, saying(" … !", PILAR)),
    ("nothing", FindingKind.WORDS_NOT_CARRIED, saying("", PILAR)),
    ("5,000 characters", FindingKind.WORDS_NOT_CARRIED, saying("fines hurt poor families " * 200, PILAR)),
    ("markup", FindingKind.WORDS_NOT_CARRIED, saying("fines hurt <poor> families", PILAR)),
    ("an address", FindingKind.WORDS_NOT_CARRIED, saying("fines hurt poor families, see http://hurt", PILAR)),
    ("a line break", FindingKind.WORDS_NOT_CARRIED, saying("fines hurt\npoor families", PILAR)),
    ("a hidden sign", FindingKind.WORDS_NOT_CARRIED, saying("fines hurt poor\u202e families", PILAR)),
    ("words that changed places", FindingKind.WORDS_NOT_CARRIED, saying("poor fines hurt families that I agree", (
        "C1", "I agree that fines hurt poor families")).model_copy(update={"text": "a promise teaches children to keep a small fine"}).model_copy(
            update={"voice": "C2", "speaker": "Commenter C2", "evidence": (quoting(*DESK),)})),
]  # fmt: skip


@pytest.mark.parametrize("name", FAITHFUL)
def test_a_faithful_statement_passes(name: str) -> None:
    assert check_statement(FAITHFUL[name], grounds()) == ()


@pytest.mark.parametrize(("kind", "statement"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_planted_error_is_found_by_its_rule(kind: FindingKind, statement: Statement) -> None:
    assert kinds(statement) == [kind]


def test_a_passage_that_was_not_read_is_found() -> None:
    unread = grounds_for(collection(), [id_ for id_ in collection().by_id if id_ != "C1"])
    assert kinds(saying("fines hurt poor families", PILAR), unread) == [FindingKind.PASSAGE_UNREAD]


def test_a_quote_may_stand_where_it_stands_a_second_time() -> None:
    assert kinds(saying("late fines", ("C1.1", "The article speaks of late fines only."))) == [
        FindingKind.DETAIL_NOT_IN_QUOTE
    ]
    assert (
        kinds(
            saying(
                "the article speaks of late fines only", ("C1.1", "The article speaks of late fines only.")
            )
        )
        == []
    )


def test_the_rules_are_the_six_of_the_design_in_their_order() -> None:
    assert [kind for kind, _ in grounding.RULES] == list(FindingKind)[:6]


@pytest.mark.parametrize("kind", [kind for kind, _ in grounding.RULES])
def test_without_its_rule_an_error_is_not_found_as_such(
    kind: FindingKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [s for _, k, s in WRONG if k is kind and s.evidence[0].passage in collection().by_id]
    against = grounds() if cases else grounds_for(collection(), ())
    statements = cases or [FAITHFUL["the quote's own words"]]
    assert all(kinds(statement, against) == [kind] for statement in statements)
    monkeypatch.setattr(grounding, "RULES", tuple(rule for rule in grounding.RULES if rule[0] is not kind))
    assert all(kinds(statement, against) != [kind] for statement in statements)


@pytest.mark.parametrize(
    ("known", "stance", "found"),
    [
        ({Stance.AGAINST}, Stance.FOR, True),
        ({Stance.FOR}, Stance.AGAINST, True),
        ({Stance.FOR, Stance.AGAINST}, Stance.FOR, False),
        ({Stance.AGAINST}, Stance.CONTEXT, False),
        (set(), Stance.FOR, False),
    ],
)
def test_a_stance_against_the_map(known: set[Stance], stance: Stance, found: bool) -> None:
    stances = Stances({"pilar": frozenset(known)})
    findings = check_statement(saying("fines hurt poor families", PILAR, stance=stance), grounds(), stances)
    assert [finding.kind for finding in findings] == [FindingKind.STANCE_AGAINST_MAP] * found


def test_checked_writes_the_verdict() -> None:
    passed = checked(FAITHFUL["the quote's own words"], grounds())
    failed = checked(WRONG[1][2], grounds())
    assert (passed.check.verdict, passed.check.findings) == ("passed", ())
    assert (failed.check.verdict, len(failed.check.findings)) == ("failed", 1)


def answering(
    *statements: Statement, for_: Iterable[str] | None = None, against: Iterable[str] | None = None
) -> Answer:
    return Answer(
        question="?",
        standalone_question="?",
        outcome=Outcome.ANSWERED,
        statements=statements,
        voices_for=voices_of(statements, Stance.FOR) if for_ is None else tuple(for_),
        voices_against=voices_of(statements, Stance.AGAINST) if against is None else tuple(against),
        provenance=Provenance(
            model="m",
            collection="fines",
            collection_hash="c",
            index_hash="i",
            settings_hash="s",
            prompts_hash="p",
            passages_read=tuple(collection().by_id),
        ),
    )


FOR = saying("fines hurt poor families", PILAR, stance=Stance.FOR)
AGAINST = saying("a small fine teaches children to keep a promise", DESK, stance=Stance.AGAINST)
BOTH = Stances({}, both_sides=True)


def test_an_honest_answer_has_no_findings() -> None:
    assert check(answering(FOR, AGAINST), collection(), BOTH) == ()


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (answering(FOR, AGAINST, FOR), (FindingKind.STATEMENT_REPEATED, 2)),
        (answering(FOR, AGAINST, saying("fines hurt poor families", ("C1", "fines hurt poor families"), stance=Stance.FOR)),
         (FindingKind.STATEMENT_REPEATED, 2)),
        (answering(FOR, AGAINST, for_=("pilar", "pilar")), (FindingKind.VOICES_MISCOUNTED, None)),
        (answering(FOR, AGAINST, against=()), (FindingKind.VOICES_MISCOUNTED, None)),
        (answering(FOR), (FindingKind.SIDE_MISSING, None)),
        (answering(AGAINST), (FindingKind.SIDE_MISSING, None)),
        (answering(FOR, AGAINST, WRONG[1][2]), (FindingKind.QUOTE_NOT_FOUND, 2)),
    ],
)  # fmt: skip
def test_findings_across_an_answer(answer: Answer, found: tuple[FindingKind, int | None]) -> None:
    assert [(f.kind, f.statement) for f in check(answer, collection(), BOTH)] == [found]


def test_a_side_is_only_missed_where_both_are_held_and_something_is_shown() -> None:
    assert check(answering(FOR), collection()) == ()
    assert check(answering(FOR), collection(), Stances({}, both_sides=False)) == ()
    assert check(answering(), collection(), BOTH) == ()


def test_a_voice_counts_once_however_often_it_speaks() -> None:
    second = saying("I had mixed up the two", ("C1.1.1", "I had mixed up the two."), stance=Stance.FOR)
    assert voices_of((FOR, AGAINST, second), Stance.FOR) == ("pilar",)


SENTENCES = list(sentence_statements(collection()))


@pytest.mark.parametrize("statement", SENTENCES, ids=lambda statement: statement.text[:30])
def test_a_sentence_quoted_as_itself_passes(statement: Statement) -> None:
    assert check_statement(statement, grounds()) == ()


@given(st.sampled_from(SENTENCES), st.data())
def test_a_quote_with_one_letter_changed_fails(statement: Statement, data: st.DataObject) -> None:
    quote = statement.evidence[0].quote
    at = data.draw(st.sampled_from([i for i, sign in enumerate(quote) if sign.isalpha()]))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    assume(letter != quote[at])
    changed = statement.evidence[0].model_copy(update={"quote": quote[:at] + letter + quote[at + 1 :]})
    assert kinds(statement.model_copy(update={"evidence": (changed,)})) == [FindingKind.QUOTE_NOT_FOUND]


SAME_SIGNS = {" ": [" ", "  ", "\n", "\u00a0"], "’": ["'", "’"], "'": ["'", "’"], "“": ['"', "“", "«"], "”": ['"', "”"],
              "-": ["-", "–", "—"]}  # fmt: skip


@given(st.sampled_from([*SENTENCES, *FAITHFUL.values(), *(case[2] for case in WRONG)]), st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_findings_do_not_depend_on_blanks_quote_marks_and_dashes(
    statement: Statement, data: st.DataObject
) -> None:
    first = statement.evidence[0]
    quote = "".join(data.draw(st.sampled_from(SAME_SIGNS.get(sign, [sign]))) for sign in first.quote)
    evidence = (first.model_copy(update={"quote": quote}), *statement.evidence[1:])
    assert kinds(statement.model_copy(update={"evidence": evidence})) == kinds(statement)


IDS = st.sampled_from([*collection().by_id, "C99", ""])
PHRASES = st.one_of(
    st.text(max_size=40), st.sampled_from([s.text for s in SENTENCES]), st.sampled_from([PILAR[1], ASHER[1]])
)
OFFSETS = st.integers(-5, 300)


@given(
    voice=st.sampled_from([*collection().voice_by_id, "nobody"]),
    text=st.one_of(PHRASES, st.text(max_size=300)),
    quotes=st.lists(st.tuples(IDS, PHRASES, OFFSETS, OFFSETS, st.sampled_from([None, "author", "Tom Asher"])), min_size=1, max_size=3),
    located=st.booleans(),
    stance=st.sampled_from(Stance),
)  # fmt: skip
@settings(max_examples=300)
def test_the_check_never_raises(voice, text, quotes, located, stance) -> None:  # type: ignore[no-untyped-def]
    known = collection().by_id
    evidence = tuple(
        quoting(passage, quote, owner)
        if located and passage in known
        else Evidence(passage=passage, quote=quote, start=start, end=end, owner=owner)
        for passage, quote, start, end, owner in quotes
    )
    speaker = known[evidence[0].passage].voice if located and evidence[0].passage in known else voice
    label = spoken_as(collection().voice_by_id[speaker]) if speaker in collection().voice_by_id else "x"
    statement = Statement(stance=stance, voice=speaker, speaker=label, text=text, evidence=evidence)
    assert len(check_statement(statement, grounds())) <= 1
