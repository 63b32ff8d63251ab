"""The draft's schema, which models are bound by, and its parsing, which is more lenient."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ValidationError

from bot.draft import Draft, DraftStatement

NEEDED = ["proposition", "topics", "statements", "outcome"]
WHOLE = {"evidence": [{"passage": "A1", "quote": "four words stand here"}], "stance": "for", "text": "four"}


@pytest.fixture
def schema() -> dict[str, Any]:
    return convert_to_openai_tool(Draft)["function"]["parameters"]


def test_the_schema_demands_what_a_draft_needs(schema: dict[str, Any]):
    assert schema["required"] == NEEDED
    assert not any("default" in schema["properties"][name] for name in NEEDED)


def test_what_sides_are_sides_of_comes_before_the_statements_and_quotes_before_claims(schema: dict[str, Any]):
    order = list(schema["properties"])
    assert order.index("proposition") < order.index("topics") < order.index("statements")
    statement = schema["properties"]["statements"]["items"]
    assert statement["required"] == ["evidence", "stance", "text"]
    assert list(statement["properties"]) == ["evidence", "stance", "text"]
    assert statement["properties"]["evidence"]["minItems"] == 1
    assert statement["properties"]["evidence"]["items"]["required"] == ["passage", "quote"]


@pytest.mark.parametrize("missing", NEEDED)
def test_a_draft_that_lacks_a_field_is_still_read(missing: str):
    whole = {"proposition": "P", "topics": ["t"], "statements": [WHOLE], "outcome": "partial"}
    draft = Draft.model_validate({name: value for name, value in whole.items() if name != missing})
    assert getattr(draft, missing) == Draft.model_fields[missing].get_default(call_default_factory=True)


def test_a_statement_without_its_quote_is_not_read():
    with pytest.raises(ValidationError):
        DraftStatement.model_validate({**WHOLE, "evidence": []})
