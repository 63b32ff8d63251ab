"""A collection read strictly from its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.corpus import CollectionError, load_collection, parse_article, spoken_as
from bot.records import VoiceRole

FILES = {
    "about.yaml": "title: A test\n",
    "article.md": "It heals.\n\n## Two\n\nIt said “mend”.\n",
    "comments.yaml": (
        "- text: It hurts.\n  replies:\n    - text: Does it hurt you?\n- text: It mends, said Ann.\n"
    ),
    "quotations.yaml": "- {passage: A2, quote: mend, source: A1}\n",
    "voices.yaml": "voices:\n  - {id: ann, name: Ann, passages: [C1, C2]}\n",
}


def folder(tmp_path: Path, **changed: str | bytes) -> Path:
    for name, text in FILES.items():
        content = changed.get(name.partition(".")[0], text)
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


def test_passages_stand_in_reading_order_with_their_place(tmp_path: Path) -> None:
    passages = load_collection(folder(tmp_path)).passages
    assert [(p.id, p.section, p.parent, p.voice) for p in passages] == [
        ("A1", "", None, "author"),
        ("A2", "Two", None, "author"),
        ("C1", "", None, "ann"),
        ("C1.1", "", "C1", "C1.1"),
        ("C2", "", None, "ann"),
    ]


def test_voices_are_the_author_the_listed_and_one_for_each_other_comment(tmp_path: Path) -> None:
    voices = load_collection(folder(tmp_path)).voices
    assert [(v.id, v.passages, spoken_as(v)) for v in voices] == [
        ("author", ("A1", "A2"), "The author"),
        ("ann", ("C1", "C2"), "Ann"),
        ("C1.1", ("C1.1",), "Commenter C1.1"),
    ]


def test_an_author_who_also_comments_keeps_the_article(tmp_path: Path) -> None:
    voices = "voices:\n  - {id: author, role: author, name: Jo Doe, passages: [C1.1]}\n"
    collection = load_collection(folder(tmp_path, voices=voices))
    assert collection.voice_by_id["author"].passages == ("A1", "A2", "C1.1")
    assert collection.speaker("A1").role is VoiceRole.AUTHOR


def test_quotations_become_spans_of_their_owner(tmp_path: Path) -> None:
    quotations = "- {passage: C1.1, quote: it hurt, source: C1}\n- {passage: A2, quote: mend, owner: Ann}\n"
    collection = load_collection(folder(tmp_path, quotations=quotations))
    spans = [
        (p.id, p.text[s.start : s.end], s.owner, s.source) for p in collection.passages for s in p.quoted
    ]
    assert spans == [("A2", "mend", "Ann", None), ("C1.1", "it hurt", "ann", "C1")]


def test_ancestors_come_nearest_first_and_replies_in_order(tmp_path: Path) -> None:
    comments = "- text: a\n  replies:\n    - text: b\n      replies: [{text: c}, {text: d}]\n"
    collection = load_collection(folder(tmp_path, comments=comments, voices="[]"))
    assert [p.id for p in collection.ancestors("C1.1.2")] == ["C1.1", "C1"]
    assert [p.id for p in collection.replies("C1.1")] == ["C1.1.1", "C1.1.2"]


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        ("One.\n\n## Two\n\nThree.", [("A1", "", "One."), ("A2", "Two", "Three.")]),
        ("## Two\nThree.", [("A1", "Two", "Three.")]),
        ("One.\r\n\r\n## Two\r\n\r\nThree.", [("A1", "", "One."), ("A2", "Two", "Three.")]),
        ("\n\n\n\nOne.\n\n\n\n\nTwo.\n", [("A1", "", "One."), ("A2", "", "Two.")]),
        ("#1 is first.", [("A1", "", "#1 is first.")]),
        ("One,\ntwo.", [("A1", "", "One,\ntwo.")]),
        ("", []),
    ],
)
def test_the_article_is_paragraphs_under_headings(article: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(p.id, p.section, p.text) for p in parse_article(article)] == expected


def test_a_byte_order_mark_is_not_the_authors_word(tmp_path: Path) -> None:
    collection = load_collection(folder(tmp_path, article=b"\xef\xbb\xbf## One\n\nTwo.", quotations="[]"))
    assert (collection.sections, collection.passages[0].text) == (("One",), "Two.")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"about": "author: me\n"}, "about.yaml: field required at title"),
        ({"about": "title: a\ncolour: red\n"}, "extra inputs are not permitted at colour"),
        ({"about": "title: [a\n"}, "about.yaml is not valid YAML at line 2"),
        ({"article": b"Caf\xe9."}, "article.md is not UTF-8 at byte 3"),
        ({"comments": b"- text: Caf\xe9\n"}, "comments.yaml is not valid YAML"),
        ({"comments": "just words\n"}, "should hold a list of comments"),
        ({"comments": "thread:\n  - text: a\n"}, "should hold a list of comments"),
        ({"comments": "- words: a\n"}, "comments.yaml: field required at text"),
        ({"comments": "- text: a\n  replies: [{text: 1}]\n"}, "should be a valid string at replies.0.text"),
        ({"quotations": "- {passage: A9, quote: a}\n"}, "speaks of A9, which is not here"),
        ({"quotations": "- {passage: A1, quote: a, source: C7}\n"}, "speaks of C7, which is not here"),
        ({"quotations": "- {passage: A1, quote: it hurts}\n"}, "words that do not stand in A1"),
        ({"voices": "- {id: ann, passages: [C9]}\n"}, "gives ann the passage C9"),
        ({"voices": "- {id: ann, passages: [C1]}\n- {id: bob, passages: [C1]}\n"}, "to both ann and bob"),
        ({"voices": "- {id: ann, passages: [C1]}\n- {id: ann, passages: [C2]}\n"}, "uses the id ann for two"),
        ({"voices": "- {id: C2, passages: [C1]}\n"}, "uses the id C2 for two"),
        (
            {"voices": "- {id: ann, passages: [C1], named_by: [{passage: C2, quote: said Bob}]}\n"},
            "names ann by words that C2 lacks",
        ),
    ],
    ids=str,
)
def test_a_mistake_is_named_in_one_sentence(changed: dict, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match=sentence.replace(".", r"\.")):
        load_collection(folder(tmp_path, **changed))


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_file_is_named(name: str, tmp_path: Path) -> None:
    (folder(tmp_path) / name).unlink()
    with pytest.raises(CollectionError, match=f"{name} missing"):
        load_collection(tmp_path)


@pytest.mark.parametrize(
    "changed",
    [
        {"about": "title: Another test\n"},
        {"article": FILES["article.md"].replace("heals", "heels")},
        {"article": FILES["article.md"].replace("Two", "Too")},
        {"comments": FILES["comments.yaml"].replace("you?", "you")},
        {"voices": "[]"},
        {"quotations": "[]"},
    ],
    ids=str,
)
def test_the_hash_changes_with_anything_that_was_said(changed: dict, tmp_path: Path) -> None:
    first, second = tmp_path / "1" / "x", tmp_path / "2" / "x"
    for path in (first, second):
        path.mkdir(parents=True)
    assert load_collection(folder(first)).hash != load_collection(folder(second, **changed)).hash


def test_the_hash_stays_where_nothing_changed(tmp_path: Path) -> None:
    assert load_collection(folder(tmp_path)).hash == load_collection(folder(tmp_path)).hash
