"""The check: what it lets through, what it stops, and by which rule."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot import grounding
from bot.corpus import spoken_as
from bot.grounding import Grounds, Stances, check, check_statement, checked, grounds_for, voices_of
from bot.records import Answer, Evidence, FindingKind, Outcome, Provenance, Stance, Statement
from evals.planted import sentence_statements
from tests import tiny
from tests.check_cases import (
    ASHER,
    DESK,
    FAITHFUL,
    HURT,
    PILAR,
    WRONG,
    collection,
    grounds,
    quoting,
    saying,
)

MISQUOTED = WRONG[FindingKind.QUOTE_NOT_FOUND][0][1]


def kinds(statement: Statement, against: Grounds | None = None) -> list[FindingKind]:
    return [finding.kind for finding in check_statement(statement, against or grounds())]


@pytest.mark.parametrize("name", FAITHFUL)
def test_a_faithful_statement_passes(name: str) -> None:
    assert check_statement(FAITHFUL[name], grounds()) == ()


@pytest.mark.parametrize("kind", WRONG)
def test_a_planted_error_is_found_by_its_rule(kind: FindingKind) -> None:
    assert {name: kinds(statement) for name, statement in WRONG[kind]} == {
        name: [kind] for name, _ in WRONG[kind]
    }


def test_every_rule_has_a_planted_error() -> None:
    assert list(WRONG) == [kind for kind, _ in grounding.RULES]


def test_a_frame_of_its_own_does_not_make_a_reported_view_the_speakers() -> None:
    text = tiny.collection(C2="Critics say that fines hurt the poor and nobody else.")
    quote = text.by_id["C2"].text
    evidence = Evidence(passage="C2", quote=quote, start=0, end=len(quote))
    for claim in (
        "fines hurt the poor",
        "says that fines hurt the poor",
        "Commenter C2 says that fines hurt",
    ):
        statement = Statement(
            stance=Stance.CONTEXT, voice="C2", speaker="Commenter C2", text=claim, evidence=(evidence,)
        )
        assert kinds(statement, grounds_for(text, ["C2"])) == [FindingKind.QUOTE_OF_ANOTHER]


def test_a_passage_that_was_not_read_is_found() -> None:
    unread = grounds_for(collection(), [id_ for id_ in collection().by_id if id_ != "C1"])
    assert kinds(HURT, unread) == [FindingKind.PASSAGE_UNREAD]


def test_the_rules_are_the_six_of_the_design_in_their_order() -> None:
    assert [kind for kind, _ in grounding.RULES] == list(FindingKind)[:6]


@pytest.mark.parametrize("kind", [kind for kind, _ in grounding.RULES])
def test_without_its_rule_an_error_gets_through(kind: FindingKind, monkeypatch: pytest.MonkeyPatch) -> None:
    unread = grounds_for(collection(), ())
    wrong, against = (HURT, unread) if kind is FindingKind.PASSAGE_UNREAD else (WRONG[kind][0][1], grounds())
    assert kinds(wrong, against) == [kind]
    monkeypatch.setattr(grounding, "RULES", tuple(rule for rule in grounding.RULES if rule[0] is not kind))
    assert kinds(wrong, against) != [kind]


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
    failed = checked(MISQUOTED, grounds())
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
SHORTER = saying("fines hurt poor families", ("C1", "fines hurt poor families"), stance=Stance.FOR)
BOTH = Stances({}, both_sides=True)


def test_an_honest_answer_has_no_findings() -> None:
    assert check(answering(FOR, AGAINST), collection(), BOTH) == ()


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (answering(FOR, AGAINST, FOR), (FindingKind.STATEMENT_REPEATED, 2)),
        (answering(FOR, AGAINST, SHORTER), (FindingKind.STATEMENT_REPEATED, 2)),
        (answering(FOR, AGAINST, for_=("pilar", "pilar")), (FindingKind.VOICES_MISCOUNTED, None)),
        (answering(FOR, AGAINST, against=()), (FindingKind.VOICES_MISCOUNTED, None)),
        (answering(FOR), (FindingKind.SIDE_MISSING, None)),
        (answering(AGAINST), (FindingKind.SIDE_MISSING, None)),
        (answering(FOR, AGAINST, MISQUOTED), (FindingKind.QUOTE_NOT_FOUND, 2)),
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


SAME_SIGNS = {
    " ": [" ", "  ", "\n", "\u00a0"],
    "’": ["'", "’"],
    "'": ["'", "’"],
    "“": ['"', "“", "«"],
    "”": ['"', "”"],
    "-": ["-", "–", "—"],
}


@given(
    st.sampled_from(
        [*SENTENCES, *FAITHFUL.values(), *(wrong for listed in WRONG.values() for _, wrong in listed)]
    ),
    st.data(),
)
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
OWNERS = st.sampled_from([None, "author", "Tom Asher"])


@given(
    voice=st.sampled_from([*collection().voice_by_id, "nobody"]),
    text=st.one_of(PHRASES, st.text(max_size=300)),
    quotes=st.lists(st.tuples(IDS, PHRASES, OFFSETS, OFFSETS, OWNERS), min_size=1, max_size=3),
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
