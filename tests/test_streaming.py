import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.draft import Draft, DraftStatement
from bot.streaming import DraftStream


def statement(text: str, passage: str = "A1") -> dict:
    return {"evidence": [{"passage": passage, "quote": "four words of text"}], "stance": "for", "text": text}


def draft(*texts: str, **more: object) -> str:
    return json.dumps(
        {"proposition": "P", "topics": ["t"], **more, "statements": [statement(t) for t in texts]}
    )


def test_a_statement_is_given_with_its_last_brace_and_not_before():
    text = draft("one", "two")
    end_of_first = text.index("}, {")
    stream = DraftStream()
    assert stream.feed(text[:end_of_first]) == []
    assert [s.text for s in stream.feed(text[end_of_first])] == ["one"]


@pytest.mark.parametrize(
    ("written", "proposition"),
    [
        ('{"proposition": "Is it', ""),
        ('{"proposition": "Is it so?"', "Is it so?"),
        ('{"proposition": "the \\"statements\\": [{}] trick", ', 'the "statements": [{}] trick'),
    ],
)
def test_the_proposition_is_read_once_whole(written: str, proposition: str):
    stream = DraftStream()
    assert stream.feed(written) == []
    assert stream.proposition == proposition


def test_topics_are_read_once_whole():
    stream = DraftStream()
    stream.feed('{"topics": ["a", ')
    assert stream.topics == []
    stream.feed('"b"], "statements": [')
    assert stream.topics == ["a", "b"]


@pytest.mark.parametrize(
    "broken",
    ['{"evidence": [], "stance": "for", "text": "x"}', '"just words"', "12", "null", '{"stance": "maybe"}'],
)
def test_what_is_no_statement_is_passed_over_and_the_next_still_read(broken: str):
    text = f'{{"statements": [{broken}, {json.dumps(statement("good"))}]}}'
    assert [s.text for s in DraftStream().feed(text)] == ["good"]


@pytest.mark.parametrize("junk", ["", "{", "no json at all", '{"statements": "none"}', '{"statements": [[[['])
def test_junk_gives_nothing(junk: str):
    assert DraftStream().feed(junk) == []


@pytest.mark.parametrize(
    ("written", "framed"),
    [
        ('{"topics": ["a"], ', True),
        ('{"topics": [], ', False),
        ('{"topics": [], "proposition": "", ', True),
        ('{"proposition": "P", ', False),
    ],
)
def test_a_draft_is_framed_by_a_topic_or_a_proposition(written: str, framed: bool):
    stream = DraftStream()
    stream.feed(written)
    assert stream.framed is framed


@pytest.mark.parametrize("junk", ["[" * 50_000 + "}", "9" * 5_000 + "}"])
def test_what_is_nested_or_counted_beyond_sense_gives_nothing(junk: str):
    assert DraftStream().feed('{"statements": [' + junk) == []


@given(texts=st.lists(st.text(max_size=20), max_size=5), cuts=st.lists(st.integers(0, 2000), max_size=12))
def test_any_cut_of_the_stream_gives_the_same_statements(texts: list[str], cuts: list[int]):
    whole = draft(*texts)
    edges = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    stream = DraftStream()
    given_ = [s for a, b in pairwise(edges) for s in stream.feed(whole[a:b])]
    assert given_ == [DraftStatement.model_validate(statement(text)) for text in texts]
    assert list(Draft.model_validate_json(whole).statements) == given_


def test_how_many_there_are_is_known_once_the_list_is_closed():
    text = draft("one", "two")
    stream = DraftStream()
    stream.feed(text[: text.rindex("]")])
    assert stream.drafted is None
    stream.feed(text[text.rindex("]") :])
    assert stream.drafted == 2
