"""The fuzzing targets, for a short while with hypothesis, and always with what was once found."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz_targets import TARGETS, checking, importing, loading

FOUND = Path(__file__).parent / "found"
PAGES = st.lists(
    st.one_of(
        st.text(max_size=80),
        st.sampled_from(
            [
                "Comments",
                "2 comments",
                "Reply",
                "Report comment",
                "QUOTE{",
                "}ENDQUOTE{}",
                "## Heading",
                "by Someone",
                "    ",
                "\t- A reply",
                "> quoted",
                "\u2028",
                "\ufeff",
                "\x85",
            ]
        ),
    ),
    max_size=25,
).map(lambda lines: "\n".join(lines).encode("utf-8", "replace"))


@pytest.mark.parametrize(
    "path", sorted(FOUND.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_what_was_found_stays_mended(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", sorted(TARGETS))
@given(data=st.binary(max_size=400))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes(name: str, data: bytes) -> None:
    TARGETS[name](data)


@given(data=PAGES)
@settings(max_examples=40, deadline=None)
def test_any_page(data: bytes) -> None:
    importing(data)


@given(
    data=st.lists(st.text(max_size=60), max_size=4).map(
        lambda parts: "\0".join(parts).encode("utf-8", "replace")
    )
)
@settings(max_examples=60, deadline=None)
def test_any_draft(data: bytes) -> None:
    checking(data)


@pytest.mark.parametrize("depth", [50, 300, 5000])
def test_a_thread_nested_without_end_is_read_or_refused(depth: int) -> None:
    loading(("- text: a\n  replies: [" + "{text: b, replies: [" * depth + "]}" * depth + "]\n").encode())
