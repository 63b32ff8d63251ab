"""From a pasted page to a collection's folder, and from bad input to one plain sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bot import importer
from bot.corpus import load_collection
from bot.importer import ImportProblem, import_page, write_yaml
from bot.settings import ROOT

PAGE = (
    "# On Healing\n\nIt heals.\n\n"
    "  1. It does “not” heal.\n\n    Never: yes.\n\n    • You’re right.\n\n  2. No.\n"
)
OTHER = PAGE.replace("It heals.", "It hurts.")


def pasted(tmp_path: Path, content: str | bytes = PAGE) -> Path:
    path = tmp_path / "page.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_new_collection_holds_what_the_page_says(tmp_path: Path) -> None:
    report = import_page(pasted(tmp_path), tmp_path / "made")
    assert report.model_dump(exclude={"folder"}) == {
        "title": "On Healing",
        "author": "",
        "article_paragraphs": 1,
        "sections": ("",),
        "comments": 3,
        "top_level": 2,
        "deepest": 2,
        "voices": 4,
        "quotations": 0,
        "thread_line": 5,
        "kept": (),
        "doubts": (),
    }
    texts = {p.id: p.text for p in load_collection(tmp_path / "made").passages}
    assert texts == {
        "A1": "It heals.",
        "C1": "It does “not” heal.\n\nNever: yes.",
        "C1.1": "You’re right.",
        "C2": "No.",
    }


def test_a_report_reads_as_lines_with_its_doubts(tmp_path: Path) -> None:
    report = import_page(pasted(tmp_path, PAGE.replace("    •", "  •")), tmp_path / "made")
    lines = str(report).splitlines()
    assert lines[1:4] == [
        "1 article paragraphs, 1 sections",
        "3 comments from line 5 on, 3 at the top level",
        "4 voices, 0 quotations",
    ]
    assert lines[4] == "Please check what could have been read in another way:"
    assert lines[5].startswith("Line 9 looks like a reply")


def test_a_title_and_a_byline_go_into_about_and_are_no_passages(tmp_path: Path) -> None:
    page = PAGE.replace("# On Healing\n\n", "Does it heal?\n\nBy Ann Hill\n\n")
    report = import_page(pasted(tmp_path, page), tmp_path / "made")
    collection = load_collection(tmp_path / "made")
    assert (collection.about.title, collection.about.author) == ("Does it heal?", "Ann Hill")
    assert collection.by_id["A1"].text == "It heals."
    assert str(report).startswith("Does it heal?, by Ann Hill: ")


def test_a_title_that_the_kept_about_lacks_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    import_page(pasted(tmp_path), folder)
    (folder / "about.yaml").write_text("title: Mine\n")
    assert "gives the title “On Healing”" in import_page(pasted(tmp_path), folder).doubts[0]


@pytest.mark.parametrize("example", [0, 1])
def test_the_examples_that_people_are_shown_import_without_a_doubt(example: int, tmp_path: Path) -> None:
    shown = (ROOT / "knowledge" / "README.md").read_text("utf-8").split("```")[1::2]
    report = import_page(pasted(tmp_path, shown[example].removeprefix("\n")), tmp_path / "made")
    assert (report.comments, report.top_level, report.doubts) == (3, 2, ())


def test_comments_are_written_for_people_to_read(tmp_path: Path) -> None:
    import_page(pasted(tmp_path), tmp_path / "made")
    assert (tmp_path / "made" / "comments.yaml").read_text("utf-8") == (
        f"# {importer.COMMENTS_NOTE}\n"
        "- text: |-\n    It does “not” heal.\n\n    Never: yes.\n"
        "  replies:\n    - text: You’re right.\n- text: No.\n"
    )


def test_nothing_is_left_beside_the_folder(tmp_path: Path) -> None:
    page = pasted(tmp_path)
    import_page(page, tmp_path / "made")
    import_page(page, tmp_path / "made")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["made", "page.txt"]


def test_a_page_without_a_title_is_untitled_and_says_so(tmp_path: Path) -> None:
    import_page(pasted(tmp_path, PAGE.replace("# On Healing\n\n", "")), tmp_path / "made")
    about = load_collection(tmp_path / "made").about
    assert (about.title, about.notes) == ("Untitled article", "The source gives no title in so many words.")


def test_importing_again_keeps_what_people_wrote(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    import_page(pasted(tmp_path), folder)
    kept = {
        "about.yaml": "title: Mine\n",
        "voices.yaml": "[{id: ann, passages: [C2]}]\n",
        "positions.yaml": "[]\n",
    }
    for name, text in {**kept, "photo.txt": "a photo\n"}.items():
        (folder / name).write_text(text)
    report = import_page(pasted(tmp_path, OTHER), folder)
    assert report.kept == ("about.yaml", "photo.txt", "positions.yaml", "voices.yaml")
    assert {name: (folder / name).read_text() for name in kept} == kept
    assert load_collection(folder).by_id["A1"].text == "It hurts."


def test_a_folder_with_only_voices_is_a_collection_in_the_making(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "voices.yaml").write_text("[{id: ann, passages: [C2]}]\n")
    import_page(pasted(tmp_path), folder)
    assert load_collection(folder).speaker("C2").id == "ann"


def test_nearly_equal_comments_are_joined_in_a_new_voices_file(tmp_path: Path) -> None:
    words = " ".join(f"word{n}" for n in range(30))
    import_page(
        pasted(tmp_path, f"It heals.\n\n  1. {words}\n\n  2. No.\n\n  3. {words} indeed\n"), tmp_path / "made"
    )
    collection = load_collection(tmp_path / "made")
    assert collection.speaker("C3") == collection.speaker("C1") != collection.speaker("C2")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "holds no words"),
        (b" \n\t\r\n", "holds no words"),
        (b"\xff\xfe", "holds no words"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", r"is not text \(byte 8 is zero\)"),
        ("It heals.\n\n  1. No.".encode("utf-16-le"), "is not text"),
        (b"It heals.\n\n  1. Caf\xe9.", "not valid UTF-8 at byte 19, line 3: save it as UTF-8"),
        (b"\xef\xbb\xbfCaf\xe9.", "not valid UTF-8 at byte 6, line 1"),
        (b"\xff\xfeI", "not valid UTF-16 at byte"),
        (b"It heals.", "No comments found"),
        (b"  1. No.", "No article found"),
        (b"It \x07heals.\n\n  1. No.", "control character U.0007"),
    ],
    ids=[
        "empty",
        "blank",
        "bom only",
        "binary",
        "utf-16 bare",
        "mixed",
        "mixed after bom",
        "cut",
        "no thread",
        "no article",
        "bell",
    ],
)
def test_bad_input_is_refused_and_leaves_the_old_collection(
    content: bytes, sentence: str, tmp_path: Path
) -> None:
    folder = tmp_path / "made"
    import_page(pasted(tmp_path), folder)
    before = contents(tmp_path / "made")
    with pytest.raises(ImportProblem, match=sentence):
        import_page(pasted(tmp_path, content), folder)
    assert contents(folder) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["made", "page.txt"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_that_says_what_it_is_is_read(encoding: str, tmp_path: Path) -> None:
    import_page(pasted(tmp_path, PAGE.encode(encoding)), tmp_path / "made")
    assert load_collection(tmp_path / "made").by_id["C1.1"].text == "You’re right."


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_what_is_not_a_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="is not a file"):
        import_page(tmp_path / name, tmp_path / "made")


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    (folder / "photo.txt").write_text("a photo")
    with pytest.raises(ImportProblem, match="holds other files and no collection"):
        import_page(pasted(tmp_path), folder)
    assert contents(folder) == {"photo.txt": b"a photo"}


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    page = pasted(tmp_path)
    with pytest.raises(ImportProblem, match="is a file"):
        import_page(page, page)
    assert page.read_text("utf-8") == PAGE


def test_voices_that_do_not_fit_the_new_text_stop_the_import(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    import_page(pasted(tmp_path), folder)
    (folder / "voices.yaml").write_text("[{id: ann, passages: [C7]}]\n")
    before = contents(folder)
    with pytest.raises(ImportProblem, match=r"nothing was changed: voices\.yaml gives ann the passage C7"):
        import_page(pasted(tmp_path, OTHER), folder)
    assert contents(folder) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["made", "page.txt"]


@pytest.mark.parametrize("step", ["_write", "_verified", "replace_folder"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_crash_at_any_step_leaves_the_old_collection(
    step: str, error: type[BaseException] | BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "made"
    import_page(pasted(tmp_path), folder)
    before = contents(folder)

    def crash(*_: object) -> None:
        raise error

    monkeypatch.setattr(importer, step, crash)
    with pytest.raises((KeyboardInterrupt, ImportProblem)):
        import_page(pasted(tmp_path, OTHER), folder)
    assert contents(folder) == before


def test_an_import_that_was_cut_off_is_mended_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    import_page(pasted(tmp_path), folder)
    (folder / "voices.yaml").write_text("[{id: ann, passages: [C2]}]\n")
    folder.rename(importer_aside := tmp_path / ".made.replaced-by-import")
    import_page(pasted(tmp_path, OTHER), folder)
    assert load_collection(folder).speaker("C2").id == "ann"
    assert not importer_aside.exists()


@pytest.mark.parametrize(
    "text",
    [
        "key: [a, {b: c}]",
        "- not: a list\n- &anchor *alias",
        "## No heading\n\n# nor here",
        "<script>alert(1)</script>",
        "--- \n...\n%TAG ! x",
        "yes",
        "null",
        "1.5",
        "| literal\n> folded",
        "'quoted' \"twice\"",
        "!!python/object/apply:os.system [ls]",
        "tail: \u2066isolated\u2069 \u200f\ufeff\U0010ffff\ue000",
    ],
)
def test_what_looks_like_markup_in_a_comment_is_data(text: str, tmp_path: Path) -> None:
    body = text.replace("\n", "\n    ")
    import_page(
        pasted(tmp_path, f"It heals.\n\n  1. So {body}\n\n    Reply\n\n  2. No.\n\n    Reply"),
        tmp_path / "made",
    )
    written = "\n".join(line.rstrip() for line in f"So {text}".split("\n"))
    assert load_collection(tmp_path / "made").by_id["C1"].text == written


@given(
    st.lists(st.fixed_dictionaries({"text": st.text(st.characters(exclude_categories=["Cs"]))}), max_size=4)
)
@example([{"text": "one\x85two\u2028three\u2029"}])
@example([{"text": "tail \n\n"}])
@example([{"text": "\ttabbed\nlines"}])
def test_yaml_reads_back_as_it_was_written(content: list[dict[str, str]]) -> None:
    assert yaml.safe_load(write_yaml(content, "A note.\nOf two lines.")) == content


def test_long_lines_are_not_folded() -> None:
    assert write_yaml({"text": "word " * 50 + "end"}).count("\n") == 2
