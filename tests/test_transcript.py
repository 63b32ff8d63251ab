import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.corpus import Collection
from bot.exchange import Exchange
from bot.markup import Markdown
from bot.records import Outcome
from bot.transcript import markdown, page, web_address
from tests.web.page_parts import Parts
from tests.web.scripted_server import PROVENANCE, answer, statements

AT = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
HOME = "http://127.0.0.1:7860/"
ATTACKS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        (
            "<script>alert(1)</script>",
            "![x](https://evil.example/x.png)",
            "[x](javascript:alert(1))",
            "</main><img src=x onerror=alert(1)>",
            "# heading\n- item\n1. first",
            "https://evil.example www.evil.example a@evil.example",
        )
    ),
)


@pytest.fixture(scope="module")
def talk(mill: Collection) -> list[Exchange]:
    return [
        Exchange(question="Keep it?", answer=answer(mill, "Keep it?")),
        Exchange(question="Why?", statements=statements(mill)[1:2], remark="Stopped."),
    ]


def with_words(mill: Collection, words: str) -> list[Exchange]:
    changed = [said.model_copy(update={"text": words, "speaker": words}) for said in statements(mill)]
    whole = answer(
        mill, "?", statements=tuple(changed), gaps=(words,), notice=words or "x", proposition=words or "x"
    )
    return [Exchange(question=words, answer=whole), Exchange(question=words, remark=words or "x")]


def test_every_question_quote_and_speaker_is_in_both_formats(mill: Collection, talk: list[Exchange]) -> None:
    shown = [markdown(talk, mill, at=AT).replace("\\", ""), Parts(page(talk, mill, at=AT)).text]
    for text in shown:
        flat = " ".join(text.split())
        for exchange in talk:
            assert exchange.question in flat
            for said in exchange.shown:
                assert said.speaker in flat and " ".join(said.evidence[0].quote.split()) in flat
        assert "Stopped." in flat


def test_every_citation_leads_to_a_source_of_its_own_answer(mill: Collection, talk: list[Exchange]) -> None:
    parts = Parts(page(talk, mill, at=AT))
    targets, ids = parts.values("href"), parts.values("id")
    assert len(targets) == 6 and {target[1:] for target in targets} <= set(ids)
    assert len(ids) == len(set(ids))
    assert "#q1-C2" in targets and "#q2-C2" in targets


def test_markdown_links_lead_to_its_own_anchors(mill: Collection, talk: list[Exchange]) -> None:
    text = markdown(talk, mill, at=AT)
    targets = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert targets and targets <= set(re.findall(r'<a id="([^"]+)"></a>', text))


def test_a_source_leads_back_to_the_window_by_its_passage_id(mill: Collection, talk: list[Exchange]) -> None:
    assert f"{HOME}#C1.1" in Parts(page(talk, mill, HOME, AT)).values("href")
    assert f"({HOME}#C1.1)" in markdown(talk, mill, HOME, AT)


def test_provenance_names_model_hashes_and_checks(mill: Collection, talk: list[Exchange]) -> None:
    for text in (markdown(talk, mill, at=AT), page(talk, mill, at=AT)):
        assert "5 of 6 drafted statements passed the check" in text
        for part in ("model scripted", "collection mill 0", "index 0", "settings 0", "prompts 0"):
            assert part in text


def test_a_model_that_stood_in_is_named(mill: Collection) -> None:
    fallen = PROVENANCE.model_copy(update={"fallback": "the model did not finish in time"})
    talk = [Exchange(question="?", answer=answer(mill, "?", provenance=fallen))]
    assert "finished by the built-in model: the model did not finish in time" in markdown(talk, mill, at=AT)


@pytest.mark.parametrize("outcome", [Outcome.CRISIS, Outcome.OFF_TOPIC])
def test_an_absent_answer_lists_what_is_near_and_others_nothing(mill: Collection, outcome: Outcome) -> None:
    near = [{"passage": "A3", "text": "Repairs"}]
    bare = {"statements": (), "voices_for": (), "voices_against": (), "unused": near}
    absent = answer(mill, "?", outcome=Outcome.NOT_IN_COLLECTION, **bare)
    other = answer(mill, "?", outcome=outcome, **bare)
    assert "What is near" in markdown([Exchange(question="?", answer=absent)], mill, at=AT)
    assert "What is near" not in markdown([Exchange(question="?", answer=other)], mill, at=AT)


def test_the_page_needs_nothing_from_anywhere(mill: Collection, talk: list[Exchange]) -> None:
    parts = Parts(page(talk, mill, at=AT))
    assert parts.values("src") == []
    assert {tag for tag, _ in parts.tags} & {"script", "link", "img", "iframe", "object"} == set()


@given(words=ATTACKS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_words_change_the_structure_of_the_page(mill: Collection, words: str) -> None:
    harmless = Parts(page(with_words(mill, "harmless"), mill, at=AT)).structure
    assert Parts(page(with_words(mill, words), mill, at=AT)).structure == harmless


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("![x](https://e.example)", r"!\[x\](https\://e.example)"),
        ("<b>*it*</b>", r"\<b\>\*it\*\</b\>"),
        ("# no heading\n- no item\n12. no list", "\\# no heading  \n\\- no item  \n12\\. no list"),
        ("www.e.example a@e.example", r"www\.e.example a\@e.example"),
        ("It cost 12.50. - Yes: it did.", "It cost 12.50. - Yes: it did."),
    ],
)
def test_markdown_cannot_arise_from_words(words: str, written: str) -> None:
    assert Markdown().text(words) == written


@pytest.mark.parametrize(
    ("given_", "taken"),
    [
        (HOME, HOME),
        ("https://guide.example/talk/?x=1#y", "https://guide.example/talk/"),
        ("http://[::1]:7860/", "http://[::1]:7860/"),
        ("javascript:alert(1)", ""),
        ('http://a"onclick=x', ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_only_a_plain_web_address_is_taken(given_: str, taken: str) -> None:
    assert web_address(given_) == taken
