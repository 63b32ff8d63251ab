import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.care import load_care
from bot.corpus import Collection
from bot.records import Answer, Evidence, Near, Outcome, Stance, Statement
from bot.settings import ROOT
from bot.web.answer_page import (
    answer_html,
    citation_html,
    dialled,
    question_html,
    sentence,
    statements_html,
)
from tests.web.page_parts import Parts
from tests.web.scripted_server import PROVENANCE, answer, statement, statements

ATTACKS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        (
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            '"><a href="https://evil.example">x</a>',
            "![x](https://evil.example/x.png)",
            "[x](javascript:alert(1))",
            "&lt;b&gt;",
            "</div></section><style>*{}</style>",
            "$$x$$ `code` **bold** https://evil.example",
        )
    ),
)


def with_words(collection: Collection, words: str) -> Answer:
    """An answer in which every text that comes from outside is `words`."""
    evidence = Evidence(passage="A3", quote=words or "x", start=0, end=9, owner=words or "x")
    said = [
        Statement(stance=stance, voice="author", speaker=words, text=words, evidence=(evidence,))
        for stance in Stance
    ]
    provenance = PROVENANCE.model_copy(update={"fallback": words or "x"})
    return answer(
        collection,
        words,
        proposition=words or "x",
        statements=tuple(said),
        gaps=(words,),
        notice=words or "x",
        follow_ups=(words or "x",),
        provenance=provenance,
    )


@given(words=ATTACKS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_changes_the_structure_of_an_answer(mill: Collection, words: str) -> None:
    harmless = Parts(answer_html(with_words(mill, "harmless"), mill)).structure
    # A statement that is nothing but its quote is drawn without its text, which changes no tag. A telephone
    # number in a notice is a link that dials it.
    drawn = Parts(answer_html(with_words(mill, words), mill)).structure
    assert [tag for tag in drawn if ("class", "dial") not in tag[1]] == harmless


@given(words=ATTACKS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_only_class_and_href_are_used_in_a_message(mill: Collection, words: str) -> None:
    parts = Parts(answer_html(with_words(mill, words), mill) + question_html(words))
    assert {name for _, attrs in parts.tags for name, _ in attrs} <= {"class", "href"}
    assert all(href == "#ask" or href.startswith(("#A3", "tel:")) for href in parts.values("href"))


@given(passage=st.one_of(st.text(max_size=12), st.sampled_from(("A1", "A99", "C1.1", "C1.9", "a1"))))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_citation_links_only_to_a_passage_that_exists(mill: Collection, passage: str) -> None:
    hrefs = Parts(citation_html(passage, mill)).values("href")
    assert hrefs == ([f"#{passage}"] if passage in mill.by_id else [])


def test_every_link_of_an_answer_leads_to_its_quote(mill: Collection) -> None:
    for href in Parts(answer_html(answer(mill, "?"), mill)).values("href"):
        passage, start, end = href[1:].split("~")
        assert mill.by_id[passage].text[int(start) : int(end)] in {
            evidence.quote for said in statements(mill) for evidence in said.evidence
        }


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 2), (0, 10_000)])
def test_offsets_outside_the_passage_are_left_out(mill: Collection, start: int, end: int) -> None:
    assert 'href="#A3"' in citation_html("A3", mill, start, end)


def test_for_stands_before_against_and_context_last(mill: Collection) -> None:
    classes = Parts(statements_html(statements(mill), mill)).values("class")
    places = [classes.index(name) for name in ("side for", "side against", "context")]
    assert places == sorted(places)


def test_a_statement_begins_with_its_speaker(mill: Collection) -> None:
    text = Parts(statements_html(statements(mill)[:1], mill)).text
    assert "Miller's Child Would never let the mill go" in text


def test_words_of_an_outsider_are_named_as_theirs(mill: Collection) -> None:
    assert "words of Anna Weber" in Parts(statements_html(statements(mill), mill)).text


def test_a_statement_that_is_only_its_quote_is_said_once(mill: Collection) -> None:
    quote = "the roof was done in one summer"
    only = statement(mill, Stance.FOR, "A3", quote, quote)
    assert Parts(statements_html([only], mill)).text.count(quote) == 1


@pytest.mark.parametrize(("sides", "said"), [((Stance.FOR, Stance.AGAINST), True), ((Stance.FOR,), False)])
def test_the_first_side_says_how_many_stand_on_the_other_if_any(
    mill: Collection, sides: tuple[Stance, ...], said: bool
) -> None:
    shown = [each for each in statements(mill) if each.stance in sides]
    assert ("below, against: 2 people" in Parts(statements_html(shown, mill)).text) is said


def test_an_empty_side_says_that_nobody_was_found(mill: Collection) -> None:
    one_sided = answer(mill, "?", statements=tuple(statements(mill)[:1]), dropped=())
    assert "Nobody was found here who says this." in Parts(answer_html(one_sided, mill)).text


def test_what_nobody_says_of_an_empty_side_is_said_there_and_once(mill: Collection) -> None:
    silent = "Nobody here defends pulling it down."
    gaps = (silent, "Nobody here speaks against this.")
    one_sided = answer(mill, "?", statements=tuple(statements(mill)[:1]), dropped=(), gaps=gaps)
    parts = Parts(answer_html(one_sided, mill))
    assert parts.text.count("Nobody") == 1
    assert silent in parts.text
    assert "gaps" not in parts.values("class")


def test_the_general_sentence_stands_where_nothing_more_exact_is_known(mill: Collection) -> None:
    gaps = ("Nobody here speaks against this.",)
    one_sided = answer(mill, "?", statements=tuple(statements(mill)[:1]), dropped=(), gaps=gaps)
    assert Parts(answer_html(one_sided, mill)).text.count("Nobody here speaks against this.") == 1


def test_an_empty_side_admits_what_the_check_dropped(mill: Collection) -> None:
    said = statements(mill)
    dropped = answer(mill, "?", statements=(said[0],), dropped=(said[1],))
    assert "did not pass the check" in Parts(answer_html(dropped, mill)).text


def test_counts_name_people_and_checks(mill: Collection) -> None:
    text = Parts(answer_html(answer(mill, "?"), mill)).text
    assert "2 people for · 2 people against · 5 checked word for word against the text · 1 dropped" in text


def test_an_answer_without_statements_counts_nothing(mill: Collection) -> None:
    assert "counts" not in Parts(answer_html(answer(mill, "?", statements=()), mill)).values("class")


@pytest.mark.parametrize(
    ("outcome", "links"), [(Outcome.NOT_IN_COLLECTION, ["#A3"]), (Outcome.OFF_TOPIC, [])]
)
def test_what_is_near_is_offered_where_the_text_is_silent_and_not_on_another_subject(
    mill: Collection, outcome: Outcome, links: list[str]
) -> None:
    near = (Near(passage="A3", text="Repairs"), Near(passage="A99", text="Nowhere"))
    bare = answer(mill, "?", outcome=outcome, statements=(), dropped=(), unused=near)
    assert Parts(answer_html(bare, mill)).values("href") == links


def test_a_notice_comes_before_all_else(mill: Collection) -> None:
    text = Parts(answer_html(answer(mill, "?", outcome=Outcome.CRISIS, notice="Call now."), mill)).text
    assert text.startswith("Call now.")


def test_a_fallback_is_one_sentence(mill: Collection) -> None:
    provenance = PROVENANCE.model_copy(update={"fallback": "the model failed"})
    text = Parts(answer_html(answer(mill, "?", provenance=provenance), mill)).text
    assert text.endswith("The built-in model finished this answer: the model failed.")


def test_an_answer_all_by_the_built_in_model_says_that_it_wrote_it(mill: Collection) -> None:
    provenance = PROVENANCE.model_copy(update={"fallback": "the model failed", "model": "embedded"})
    text = Parts(answer_html(answer(mill, "?", provenance=provenance), mill)).text
    assert text.endswith("The built-in model wrote this answer: the model failed.")


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Call 988.", ["tel:988"]),
        ("UK: 116 123, free", ["tel:116123"]),
        ("1-800-222-1222; 13 11 26.", ["tel:18002221222", "tel:131126"]),
        ("112 or 999", ["tel:112", "tel:999"]),
        ("within 24 hours", []),
        ("no numbers", []),
    ],
)
def test_the_numbers_of_a_notice_are_links_that_dial_them(text: str, links: list[str]) -> None:
    parts = Parts(dialled(text))
    assert parts.values("href") == links
    assert parts.text == text


def test_every_help_line_that_ships_can_be_dialled() -> None:
    care = load_care(ROOT / "knowledge" / "care.yaml")
    for line in care.lines:
        assert Parts(dialled(f"{line.country}: {line.number}, {line.service}")).values("href") == [
            "tel:" + "".join(sign for sign in line.number if sign.isdigit())
        ]


def test_numbers_elsewhere_are_no_links(mill: Collection) -> None:
    gaps = answer(mill, "?", gaps=("Call 988.",))
    assert not [href for href in Parts(answer_html(gaps, mill)).values("href") if href.startswith("tel:")]


def test_follow_ups_are_questions_to_ask(mill: Collection) -> None:
    parts = Parts(answer_html(answer(mill, "?", follow_ups=("Who pays?", "Who swims?")), mill))
    assert parts.values("href")[-2:] == ["#ask", "#ask"]
    assert parts.text.endswith("Ask nextWho pays?Who swims?")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("repairs cost little", "Repairs cost little."),
        ("Repairs cost little.", "Repairs cost little."),
        ("who paid?", "Who paid?"),
        ("it is “dear.”", "It is “dear.”"),
        ("it is “dear”", "It is “dear”."),
        ("", ""),
    ],
)
def test_a_clause_is_shown_as_a_sentence(text: str, shown: str) -> None:
    assert sentence(text) == shown
