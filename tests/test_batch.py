from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.batch import BatchError, read_answers, read_cases, read_queries, write_lines
from tests.test_rendering import answer

CASE = {"id": "a", "question": "Q?"}


def written(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), "utf-8")
    return path


def test_cases_keep_id_question_and_history(tmp_path: Path):
    history = [["Earlier?", "So it was."]]
    cases = read_cases(
        written(tmp_path / "q", {**CASE, "history": history, "gold": [1]}, {**CASE, "id": "b"})
    )
    assert [(case.id, case.question) for case in cases] == [("a", "Q?"), ("b", "Q?")]
    assert [(turn.question, turn.gist) for turn in cases[0].turns] == [("Earlier?", "So it was.")]


@pytest.mark.parametrize("key", ["query", "question"])
def test_a_query_stands_under_either_name(tmp_path: Path, key: str):
    assert read_queries(written(tmp_path / "q", {"id": "a", key: "fines"}))[0].text == "fines"


def test_blank_lines_are_passed_over(tmp_path: Path):
    assert len(read_cases(written(tmp_path / "q", "", CASE, "  ", ""))) == 1


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([CASE, "{broken"], "line 2 is not JSON"),
        ([CASE, "[1]"], "line 2 is not a JSON object"),
        ([CASE, {"id": "b"}], "line 2 lacks `question`"),
        ([{"question": "Q?"}], "line 1 lacks `id`"),
        ([CASE, CASE], "the id a comes twice"),
        ([], "holds no lines"),
        ([{**CASE, "history": [["only a question"]]}], "line 1 has a `history` that is no list of pairs"),
        ([{"id": 7, "question": "Q?"}], "line 1 has an unfit `id`"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, rows: list, complaint: str):
    with pytest.raises(BatchError, match=complaint):
        read_cases(written(tmp_path / "q", *rows))


def test_a_query_without_words_is_named(tmp_path: Path):
    with pytest.raises(BatchError, match="a holds neither"):
        read_queries(written(tmp_path / "q", {"id": "a"}))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("q", "cannot be read as UTF-8"), ("missing", "is not there"), (".", "Is a directory")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, complaint: str):
    (tmp_path / "q").write_bytes(b"\xff\xfe")
    with pytest.raises(BatchError, match=complaint):
        read_cases(tmp_path / name)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"voices_for": 7}, "its `voices_for` is not what `counterpoint ask` writes"),
        ({"standalone_question": None}, "it lacks `standalone_question`"),
    ],
)
def test_what_is_no_stored_answer_is_named_in_one_sentence(tmp_path: Path, change: dict, complaint: str):
    content = {**answer().model_dump(mode="json"), **change}
    content = {name: value for name, value in content.items() if value is not None}
    path = written(tmp_path / "a", {"id": "x", "answer": content})
    with pytest.raises(BatchError, match=f"line 1 is no stored answer: {complaint}"):
        read_answers(path)


def test_answers_are_read_in_every_shape_that_ask_writes(tmp_path: Path):
    content = answer().model_dump(mode="json")
    lines = written(tmp_path / "a", {"id": "x", "answer": content}, content)
    whole = tmp_path / "b"
    whole.write_text(answer().model_dump_json(indent=2), "utf-8")
    assert [row.id for row in read_answers(lines)] == ["x", "2"]
    assert read_answers(whole)[0].answer == answer()


@pytest.mark.parametrize("rows", [[], ["   "]])
def test_a_file_of_no_answers_is_an_error(tmp_path: Path, rows: list):
    with pytest.raises(BatchError, match="holds no answers"):
        read_answers(written(tmp_path / "a", *rows))


def test_lines_are_written_whole_or_not_at_all(tmp_path: Path):
    out = tmp_path / "out"
    out.write_text("old")

    def failing() -> Any:
        yield {"id": "a"}
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_lines(out, failing())
    assert out.read_text() == "old"


def test_lines_are_json_with_letters_as_they_are(tmp_path: Path):
    write_lines(tmp_path / "out", [{"id": "“ä”"}])
    assert (tmp_path / "out").read_text("utf-8") == '{"id": "“ä”"}\n'
