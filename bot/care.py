"""The fixed words for people in distress, from a file that operators edit: no model writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast, get_args

import yaml
from pydantic import Field, ValidationError

from bot.records import Record
from bot.safety import Concern, Screening

CARE_FILE = "care.yaml"
# A question is answered after these, so that they need not name the emergency number.
_BEFORE_AN_ANSWER = ("gentle", "after", "aggrieved")
_WITHOUT_LINES = "aggrieved"
CareVariant = Literal[
    "self", "other", "overdose", "abuse", "unreal", "danger", "gentle", "after", "aggrieved"
]
AdvicePart = Literal[
    "opening", "stopping", "dose", "combination", "diagnosis", "choice", "hospital", "general", "whom_to_ask"
]


class CareError(ValueError):
    """The care file cannot be used; the message says what to do."""


class HelpLine(Record):
    """A crisis line: the countries it serves, its number as dialled, its name and hours.

    `source` says where the number was read and when; it is never shown.
    """

    country: str = Field(min_length=2)
    number: str = Field(min_length=3, pattern=r"^[0-9+][0-9 -]*$")
    service: str = Field(min_length=3)
    source: str = Field(min_length=10)


class CareTexts(Record):
    """The fixed words for people in distress, as operators edit them; see `load_care`.

    `texts` by variant may hold {emergency}, {lines} and {finder}, which `notice` fills in.
    """

    emergency: str = Field(min_length=10)
    finder: str = Field(min_length=10)
    lines: tuple[HelpLine, ...] = Field(min_length=1)
    texts: Mapping[CareVariant, str]
    advice: Mapping[AdvicePart, str]


def load_care(path: Path) -> CareTexts:
    """The care texts in the YAML file at `path`. Raises CareError where it is missing or not whole."""
    try:
        care = CareTexts.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CareError(f"The care file {path.name} cannot be read; restore it before starting.") from error
    except yaml.YAMLError as error:
        raise CareError(f"The care file {path.name} is not valid YAML; mend it: {error}") from error
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise CareError(f"The care file {path.name} is not as it must be; mend this: {where}.") from error
    _demand_whole(care, path)
    return care


def notice(screening: Screening, care: CareTexts) -> str:
    """The fixed text for `screening`, as plain text with line breaks; "" where nothing need be said."""
    if screening.concern is Concern.ADVICE:
        parts = [
            care.advice["opening"],
            care.advice[cast(AdvicePart, screening.variant)],
            care.advice["whom_to_ask"],
        ]
        return "\n\n".join(part.strip() for part in parts)
    if not screening.variant:
        return ""
    lines = "\n".join(f"{line.country}: {line.number}, {line.service}" for line in care.lines)
    text = care.texts[cast(CareVariant, screening.variant)].strip()
    return text.format(emergency=care.emergency, lines=lines, finder=care.finder)


def _demand_whole(care: CareTexts, path: Path) -> None:
    """Raises CareError where a variant has no text, or a text cannot be filled in."""
    for kind, held in ((CareVariant, care.texts), (AdvicePart, care.advice)):
        missing = [name for name in get_args(kind) if not held.get(name, "").strip()]
        if missing:
            raise CareError(f"The care file {path.name} has no words for {', '.join(missing)}; write them.")
    for variant, text in care.texts.items():
        unknown = set(re.findall(r"\{[^}]*\}?|\}", text)) - {"{emergency}", "{lines}", "{finder}"}
        if unknown:
            raise CareError(
                f"{path.name}: the text {variant} holds {sorted(unknown)[0]}, which is not known."
            )
        if variant == _WITHOUT_LINES:
            continue
        if "{lines}" not in text or (variant not in _BEFORE_AN_ANSWER and "{emergency}" not in text):
            raise CareError(
                f"{path.name}: the text {variant} must hold {{emergency}} and {{lines}}; add them."
            )
