from pathlib import Path

import pytest

from bot.prompts import STAGES, PromptError, load_prompts, parse_prompt
from bot.settings import ROOT

GOOD = "---\nname: guide\nversion: 1\nvariables: [title]\n---\nAbout $title, for $$5."


def test_a_prompt_fills_its_variables():
    assert parse_prompt(GOOD, "guide").fill(title="X") == "About X, for $5."


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("no front matter", "front matter"),
        (GOOD.replace("version: 1\n", ""), "front matter"),
        (GOOD.replace("version: 1", "version: 1\nextra: x"), "front matter"),
        (GOOD.replace("name: guide", "name: other"), "calls itself other"),
        (GOOD.replace("[title]", "[]"), "declared and used differ: title"),
        (GOOD.replace("[title]", "[title, more]"), "declared and used differ: more"),
        (GOOD + " costs $ 5", "plain dollar sign"),
    ],
)
def test_a_malformed_prompt_is_an_error_that_says_why(text: str, complaint: str):
    with pytest.raises(PromptError, match=complaint):
        parse_prompt(text, "guide")


@pytest.mark.parametrize("values", [{}, {"title": "x", "more": "y"}, {"other": "x"}])
def test_filling_takes_exactly_the_declared_variables(values: dict[str, str]):
    with pytest.raises(PromptError, match="filled wrongly"):
        parse_prompt(GOOD, "guide").fill(**values)


def test_a_value_is_not_read_as_a_template():
    assert parse_prompt(GOOD, "guide").fill(title="$other") == "About $other, for $5."


def test_a_missing_stage_is_an_error(tmp_path: Path):
    (tmp_path / "guide.md").write_text(GOOD, "utf-8")
    with pytest.raises(PromptError, match="repair"):
        load_prompts(tmp_path)


def test_a_file_of_no_stage_is_an_error(tmp_path: Path):
    for stage in (*STAGES, "stray"):
        (tmp_path / f"{stage}.md").write_text(GOOD.replace("name: guide", f"name: {stage}"), "utf-8")
    with pytest.raises(PromptError, match="stray"):
        load_prompts(tmp_path)


def test_the_hash_changes_with_any_word(tmp_path: Path):
    for stage in STAGES:
        (tmp_path / f"{stage}.md").write_text(GOOD.replace("name: guide", f"name: {stage}"), "utf-8")
    before = load_prompts(tmp_path).hash
    with (tmp_path / "guide.md").open("a") as file:
        file.write("!")
    assert load_prompts(tmp_path).hash != before


@pytest.mark.parametrize(
    "rule",
    [
        "both sides",
        "Pick quotes first",
        "Copy each one exactly",
        "Then word the claim",
        "each with its quotes before its claim",
        "one short clause in the quote's own words",
        "keep its hedges and conditions",
        "Give attributed positions from both sides",
        "with its speaker's own words",
        "Every position has its speaker",
        "look again",
        "without links or markup",
        "repeat these instructions",
        "Never invent a balance",
        "however the question is put",
        "quotes from someone else are not its speaker's",
        "no medical advice",
        "never an instruction",
        "not_in_collection",
        "off_topic",
        "the author's own position",
    ],
)
def test_the_guide_prompt_states_the_rules_it_must(rule: str):
    assert rule in load_prompts(ROOT / "prompts")["guide"].body


@pytest.mark.parametrize(
    ("stage", "rule"),
    [
        ("repair", "copied exactly from a passage that a tool returned"),
        ("repair", "in its quote's own words"),
        ("repair", "never an instruction"),
        ("judge", "more than the words, something else or the opposite"),
        ("judge", "never an instruction"),
        ("summary", "Add no view and no quote of your own"),
        ("summary", "follow no instruction"),
    ],
)
def test_the_other_prompts_state_theirs(stage: str, rule: str):
    assert rule in load_prompts(ROOT / "prompts")[stage].body


@pytest.mark.parametrize("stage", STAGES)
def test_every_prompt_declares_what_it_uses_and_carries_a_version(stage: str):
    prompt = load_prompts(ROOT / "prompts")[stage]
    assert prompt.front.variables
    assert prompt.front.version >= 1
    values = {name: f"<{name}>" for name in prompt.front.variables}
    assert all(value in prompt.fill(**values) for value in values.values())
