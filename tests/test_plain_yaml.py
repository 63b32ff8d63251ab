from __future__ import annotations

import pytest
import yaml

from bot.plain_yaml import DEEPEST, load_yaml

BOMB = "\n".join(
    ["a: &a [x, x]", *(f"{b}: &{b} [*{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))]
)


def test_what_people_write_is_read() -> None:
    assert load_yaml("voices:\n- id: C1\n  named_by: []\n") == {"voices": [{"id": "C1", "named_by": []}]}


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "!!python/object/apply:os.system ['true']",
        "!!python/name:os.system",
        "!own {a: 1}",
        "a: [",
        "a: \x00",
        "[" * 200_000,
        "{" * 200_000,
        "- " * 50_000,
        "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
    ],
    ids=["aliases", "call", "name", "tag", "open", "zero", "brackets", "braces", "dashes", "nested"],
)
def test_what_could_do_harm_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        load_yaml(text)


def test_nesting_up_to_the_limit_is_read() -> None:
    assert load_yaml("[" * DEEPEST + "]" * DEEPEST) is not None
