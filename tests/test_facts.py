from pathlib import Path

import pytest

from bot.corpus import Collection, CollectionError
from bot.facts import Fact, FactQuote, Facts, Unanswered, fact_problems, load_facts

GOOD = Fact(passage="C2", quote="A small fine teaches children to keep a promise.", questions=("Why fine?",))


def test_a_collection_without_the_files_has_no_facts(tmp_path: Path):
    assert load_facts(tmp_path) == Facts()


def test_facts_are_read(tmp_path: Path):
    (tmp_path / "facts.yaml").write_text(
        'facts:\n- {passage: C2, quote: A small fine teaches children, questions: ["Why so?"]}\n', "utf-8"
    )
    (tmp_path / "unanswered.yaml").write_text(
        'unanswered:\n- {about: x, near: [C2], questions: ["How much?"]}\n', "utf-8"
    )
    facts = load_facts(tmp_path)
    assert facts.facts[0].passage == "C2"
    assert facts.unanswered[0].near == ("C2",)


@pytest.mark.parametrize(
    "content", ["facts: [{passage: C2}]", "fact: []", "facts: [{passage: C2, quote: x, q: 1}]"]
)
def test_a_malformed_file_is_an_error_that_names_it(tmp_path: Path, content: str):
    (tmp_path / "facts.yaml").write_text(content, "utf-8")
    with pytest.raises(CollectionError, match=r"facts\.yaml"):
        load_facts(tmp_path)


def test_a_true_fact_has_no_problem(fines: Collection):
    assert fact_problems(Facts((GOOD,)), fines) == []


@pytest.mark.parametrize(
    ("fact", "complaint"),
    [
        (GOOD.model_copy(update={"passage": "C99"}), "no passage C99"),
        (GOOD.model_copy(update={"quote": "A large fine teaches children."}), "does not stand in C2"),
        (GOOD.model_copy(update={"quote": "A small fine"}), "shorter than 4 words"),
        (
            GOOD.model_copy(
                update={"disputed_by": (FactQuote(passage="C2.1", quote="never said this here"),)}
            ),
            "does not stand in C2.1",
        ),
    ],
)
def test_a_wrong_fact_is_named(fines: Collection, fact: Fact, complaint: str):
    assert any(complaint in problem for problem in fact_problems(Facts((fact,)), fines))


def test_an_open_question_near_a_missing_passage_is_named(fines: Collection):
    entry = Unanswered(about="x", near=("C77",), questions=("?",))
    assert fact_problems(Facts((), (entry,)), fines) == ["unanswered names C77, which is not here."]


def test_the_hash_follows_the_words():
    assert Facts((GOOD,)).hash != Facts((GOOD.model_copy(update={"answer": "reason"}),)).hash
