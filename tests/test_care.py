"""The fixed words of care: what every notice holds, and which files are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.care import CareError, load_care, notice
from bot.safety import Concern, Screening, screen

CARE = Path(__file__).parent.parent / "knowledge" / "care.yaml"


@pytest.mark.parametrize("variant", ["self", "other", "overdose", "abuse", "unreal", "danger"])
def test_every_crisis_notice_gives_the_lines(variant: str) -> None:
    text = notice(Screening(concern=Concern.CRISIS, variant=variant), load_care(CARE))
    assert all(n in text for n in ("988", "116 123", "13 11 14", "911", "999", "000", "findahelpline.com"))


@pytest.mark.parametrize("variant", ["self", "other", "overdose", "abuse", "unreal", "danger"])
def test_a_notice_is_plain_text(variant: str) -> None:
    text = notice(Screening(concern=Concern.CRISIS, variant=variant), load_care(CARE))
    assert not any(mark in text for mark in ("{", "}", "](", "http", "**", "?\n"))


def test_the_overdose_notice_begins_with_the_emergency_number() -> None:
    text = notice(Screening(concern=Concern.CRISIS, variant="overdose"), load_care(CARE))
    assert text.index("911") < text.index("988") and text.startswith("Please call your emergency number now")


def test_advice_about_stopping_warns_of_stopping_suddenly() -> None:
    text = notice(screen("should I stop my Zoloft"), load_care(CARE))
    assert "no medical advice" in text and "suddenly can harm" in text and "pharmacist" in text


def test_nothing_is_said_where_nothing_need_be_said() -> None:
    assert notice(screen("Who is Dr. Levine?"), load_care(CARE)) == ""


def test_the_word_after_a_crisis_gives_the_lines() -> None:
    text = notice(screen("What does the author say about love?", ["I want to die"]), load_care(CARE))
    assert "988" in text and "findahelpline.com" in text


def test_anger_gets_one_sentence_that_claims_nothing() -> None:
    text = notice(screen("my psychiatrist ruined my life and I'm furious"), load_care(CARE))
    assert text.startswith("I'm sorry") and text.count(".") == 1 and "psychiatrist" not in text


def test_every_number_says_where_it_was_read() -> None:
    assert all("Not dialled" in line.source for line in load_care(CARE).lines)


def _change(care: dict, how: str) -> None:
    if how == "unknown key":
        care["hotline"] = "123"
    elif how == "unknown variant":
        care["texts"]["dragons"] = "{emergency} {lines}"
    elif how == "missing variant":
        del care["texts"]["abuse"]
    elif how == "no lines":
        care["lines"] = []
    elif how == "number in words":
        care["lines"][0]["number"] = "nine eight eight"
    elif how == "unknown place":
        care["texts"]["self"] += " {phone}"
    elif how == "text without lines":
        care["texts"]["other"] = "{emergency} Take care."


@pytest.mark.parametrize(
    "how",
    [
        "unknown key",
        "unknown variant",
        "missing variant",
        "no lines",
        "number in words",
        "unknown place",
        "text without lines",
    ],
)
def test_a_care_file_that_is_not_whole_is_refused(how: str, tmp_path: Path) -> None:
    care = yaml.safe_load(CARE.read_text(encoding="utf-8"))
    _change(care, how)
    path = tmp_path / "care.yaml"
    path.write_text(yaml.safe_dump(care), encoding="utf-8")
    with pytest.raises(CareError, match=r"care\.yaml"):
        load_care(path)


def test_a_missing_care_file_is_one_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(CareError, match="cannot be read; restore it"):
        load_care(tmp_path / "care.yaml")


def test_a_care_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "care.yaml"
    path.write_text("texts: [", encoding="utf-8")
    with pytest.raises(CareError, match="not valid YAML"):
        load_care(path)
