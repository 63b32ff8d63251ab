"""Statements over the small collection: faithful ones, and one for each way of going wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.corpus import Collection, load_collection, spoken_as
from bot.grounding import Grounds, grounds_for
from bot.records import Evidence, FindingKind, Stance, Statement
from bot.wording import locate

FINES = Path(__file__).parent / "collections" / "fines"
PILAR = ("C1", "I agree that fines hurt poor families")
DESK = ("C2", "A small fine teaches children to keep a promise.")
SHAME = ("C2.1", "It never taught me anything but shame.")
ASHER = ("A4", "We stopped being the police and became neighbours again.")
SEEN = ("C2", "what I see at the desk")
SUMS = ("A1", "spent 6,000 dollars collecting them")


@cache
def collection() -> Collection:
    return load_collection(FINES)


@cache
def grounds() -> Grounds:
    return grounds_for(collection(), collection().by_id)


def quoting(passage: str, quote: str, owner: str | None = None) -> Evidence:
    start, end = locate(quote, collection().by_id[passage].text) or (0, 0)
    return Evidence(passage=passage, quote=quote, start=start, end=end, owner=owner)


def saying(
    text: str, *quotes: tuple[str, str], stance: Stance = Stance.CONTEXT, owner: str | None = None
) -> Statement:
    voice = collection().speaker(quotes[0][0])
    return Statement(
        stance=stance,
        voice=voice.id,
        speaker=spoken_as(voice),
        text=text,
        evidence=tuple(quoting(passage, quote, owner) for passage, quote in quotes),
    )


FAITHFUL = {
    "the quote's own words": saying("fines hurt poor families", PILAR),
    "its whole sentence": saying(DESK[1], DESK),
    "a word from the quote's sentence": saying("someone still has to pay for lost books", PILAR),
    "a number in words": saying("the library spent 6,000 dollars collecting them", SUMS),
    "a double negation": saying("it never taught anything but shame", SHAME),
    "an opening word of saying": saying("says that fines hurt poor families", PILAR),
    "its speaker's label before a word of saying": saying(f"Commenter C2 thinks that {DESK[1]}", DESK),
    "its speaker's name before a word of saying": saying("Pilar says that fines hurt poor families", PILAR),
    "a first person put as “one can”": saying("one can agree that fines hurt poor families", PILAR),
    "a whole short passage": saying("great plan", ("C4", "Great plan.")),
    "an owned quote as context": saying(
        "“we stopped being the police and became neighbours again”", ASHER, owner="Tom Asher"
    ),
    "an owned quote beside own words": saying(
        "when the town dropped its fines, more books came back",
        ("A3", "more books came back, not fewer"),
        stance=Stance.FOR,
    ),
    "another's words in quote marks": saying(
        "the father who says “libraries should be free for all” is wrong",
        ("C3", "My father says “libraries should be free for all”, and I think he is wrong."),
    ),
    "two quotes of one voice": saying(
        "fines hurt poor families, and the two were mixed up",
        PILAR,
        ("C1.1.1", "I had mixed up the two."),
    ),
    "an ellipsis": saying(
        "fines hurt poor families, but someone has to pay",
        ("C1", "I agree that fines … has to pay for lost books"),
    ),
}

Wrong = tuple[str, Statement]
AS_NEIGHBOURS = "“we stopped being the police and became neighbours again”"
FATHER = ("C3", "My father says “libraries should be free for all”")


def changed(statement: Statement, **update: object) -> Statement:
    return statement.model_copy(update=update)


HURT = saying("fines hurt poor families", PILAR)
WRONG: dict[FindingKind, list[Wrong]] = {
    FindingKind.PASSAGE_UNREAD: [
        ("no such passage", changed(HURT, evidence=(Evidence(passage="C99", quote=PILAR[1]),))),
    ],
    FindingKind.QUOTE_NOT_FOUND: [
        ("a quote of another passage", saying("fines hurt", ("C2", PILAR[1]))),
        ("a quote with one word changed", saying("x", ("C1", "I agree that fines help poor families"))),
        ("a quote of three words", saying("fines hurt poor", ("C1", "fines hurt poor"))),
        ("wrong offsets", changed(HURT, evidence=(quoting(*PILAR).model_copy(update={"start": 3}),))),
        (
            "an ellipsis over a “not”",
            saying("books came back", ("A3", "more books came back … The librarian Tom")),
        ),
    ],
    FindingKind.QUOTE_OF_ANOTHER: [
        ("an outsider's words as one's own", saying(ASHER[1], ASHER)),
        (
            "a quoted voice's words",
            saying("fines keep families away", ("C2", "Fines keep poor families away.")),
        ),
        (
            "a side taken in another's words",
            saying(AS_NEIGHBOURS, ASHER, owner="Tom Asher", stance=Stance.FOR),
        ),
        ("an owner of one's own words", saying(DESK[1], DESK, owner="author")),
        ("the wrong owner", saying("x", ASHER, owner="Mara Quill")),
        ("an owner of half the quote", saying("x", FATHER, owner="unknown")),
        (
            "a quote cut out of another's",
            saying("he is wrong", ("C3", "free for all”, and I think he is wrong")),
        ),
    ],
    FindingKind.VOICE_NOT_THE_SPEAKER: [
        ("another speaker", changed(HURT, voice="C2")),
        ("a voice that is not here", changed(HURT, voice="x")),
        ("another label", changed(HURT, speaker="Mara Quill")),
        ("quotes of two voices", saying("fines hurt", PILAR, DESK)),
        ("another voice named", saying("Pilar teaches children to keep a promise", DESK)),
        ("the author named", saying("the author is wrong about a small fine", DESK)),
        ("another commenter's label", saying(f"Commenter C3 thinks that {DESK[1]}", DESK)),
        ("the label of a reply to it", saying(f"Commenter C2.1 thinks that {DESK[1]}", DESK)),
        ("its label and another's", saying(f"Commenter C2 thinks that Commenter C3 {DESK[1]}", DESK)),
        ("another passage named", saying("a small fine teaches C1 to keep a promise", DESK)),
    ],
    FindingKind.DETAIL_NOT_IN_QUOTE: [
        ("a number added", saying("a small fine teaches 12 children to keep a promise", DESK)),
        ("a number changed", saying("the library spent 4,000 dollars", SUMS)),
        ("a name added", saying("a small fine teaches Asher to keep a promise", DESK)),
        ("a negation added", saying("fines do not hurt poor families", PILAR)),
        ("a negation dropped", saying("it taught anything but shame", SHAME)),
        ("a negation cut off by the quote", saying("that is what I see at the desk", SEEN)),
        ("reach added", saying("all fines hurt poor families", PILAR)),
    ],
    FindingKind.WORDS_NOT_CARRIED: [
        ("one word replaced", saying("fines hurt poor penguins", PILAR)),
        ("its label as the subject", saying("Commenter C2 teaches children to keep a promise", DESK)),
        ("its label as the object", saying("a small fine teaches Commenter C2 to keep a promise", DESK)),
        ("no words", saying(" … !", PILAR)),
        ("nothing", saying("", PILAR)),
        ("5,000 characters", saying("fines hurt poor families " * 200, PILAR)),
        ("markup", saying("fines hurt <poor> families", PILAR)),
        ("an address", saying("fines hurt poor families, see http://hurt", PILAR)),
        ("a line break", saying("fines hurt\npoor families", PILAR)),
        ("a hidden sign", saying("fines hurt poor\u202e families", PILAR)),
        ("words that changed places", saying("a small promise teaches children to keep a fine", DESK)),
    ],
}
