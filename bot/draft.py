"""What the model hands in: quotes picked, a claim worded. Everything else is added by code."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

DRAFT = "Draft"
REQUIRED = ("proposition", "topics", "statements", "outcome")


class DraftRecord(BaseModel):
    """A record that a model fills in: frozen; unknown fields are ignored, since models add them."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class DraftQuote(DraftRecord):
    """Words copied from one passage."""

    passage: str = Field(description="Id of the passage, such as A12 or C5.1.")
    quote: str = Field(description="Words copied exactly from that passage, four or more.")
    quoting: str | None = Field(
        None, description="Only if the passage quotes these words from someone else: that other's name or id."
    )


class DraftStatement(DraftRecord):
    """One position of one speaker."""

    evidence: list[DraftQuote] = Field(min_length=1, description="One or two quotes of one speaker.")
    stance: Literal["for", "against", "context"] = Field(
        description="Whether these words support the proposition, oppose it, or do neither."
    )
    text: str = Field(
        description="One short clause in the quote's own words, without the speaker's name, e.g. "
        "'the term “healer” sounds grandiose'."
    )


def _demand(schema: dict[str, Any]) -> None:
    """Make the schema ask for what parsing does not insist on."""
    for name in REQUIRED:
        schema["properties"][name].pop("default", None)
    schema["required"] = list(REQUIRED)


class Draft(DraftRecord):
    """The whole answer as a model drafts it, quotes first."""

    # A model's grammar is made from the schema, so that demands all that a draft needs. Parsing takes
    # one that lacks some of it, for what is there may still be shown.
    model_config = ConfigDict(json_schema_extra=_demand)

    standalone_question: str = Field(
        "", description="The visitor's question as it would read without the conversation before it."
    )
    proposition: str = Field("", description="The debated question as one short neutral sentence.")
    topics: list[str] = Field(default_factory=list, description="Ids of the map's topics used, if any.")
    statements: list[DraftStatement] = Field(
        default_factory=list,
        description="The positions, both sides, strongest first; empty only if the text says nothing on it.",
    )
    outcome: Literal["answered", "partial", "not_in_collection", "off_topic"] = Field(
        "answered",
        description="not_in_collection: on the subject, but not in the text; off_topic: another subject.",
    )
