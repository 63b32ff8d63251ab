import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import Collection
from bot.records import Passage
from bot.web.source_panel import panel_html, paragraphs
from tests.web.page_parts import Parts


class Paragraphs(HTMLParser):
    """The text of every `<p data-from>` by passage id, with its offset."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.passage, self.opened = "", None
        self.found: list[tuple[str, int, str]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "article":
            self.passage = given["id"] or ""
        if tag == "p":
            self.opened = given.get("data-from")
            if self.opened is not None:
                self.found.append((self.passage, int(self.opened), ""))
        if tag == "br" and self.opened is not None:
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self.opened = None

    def handle_data(self, data: str) -> None:
        if self.opened is not None:
            passage, at, text = self.found[-1]
            self.found[-1] = (passage, at, text + data)


def test_every_passage_stands_in_the_panel_once(mill: Collection) -> None:
    ids = [name for name in Parts(panel_html(mill)).values("id") if name in mill.by_id]
    assert ids == list(mill.by_id)


def test_each_paragraph_stands_at_the_offset_it_names(mill: Collection) -> None:
    for passage, at, text in Paragraphs(panel_html(mill)).found:
        assert mill.by_id[passage].text[at : at + len(text)] == text


def test_no_word_of_a_passage_is_lost(mill: Collection) -> None:
    shown: dict[str, str] = {}
    for passage, _, text in Paragraphs(panel_html(mill)).found:
        shown[passage] = f"{shown.get(passage, '')} {text}"
    assert {id_: text.split() for id_, text in shown.items()} == {
        id_: passage.text.split() for id_, passage in mill.by_id.items()
    }


def test_a_reply_says_whom_it_answers(mill: Collection) -> None:
    assert re.search(
        r'Commenter C1&#46;1</span> <span class="answers">answers <a href="#C1">', panel_html(mill)
    )


def test_replies_nest_in_the_comment_they_answer(mill: Collection) -> None:
    panel = panel_html(mill)
    first, reply, second = (panel.index(f'id="{id_}"') for id_ in ("C1", "C1.1.1", "C2"))
    assert panel.count("<ol>", first, reply) - panel.count("</ol>", first, reply) == 2
    assert panel.count("<ol>", first, second) == panel.count("</ol>", first, second)


def test_section_headings_stand_above_their_passages(mill: Collection) -> None:
    panel = panel_html(mill)
    assert panel.index('id="A1"') < panel.index("What the mill gives") < panel.index('id="A2"')


def test_words_of_others_are_set_apart_and_named(mill: Collection) -> None:
    titles = Parts(panel_html(mill)).values("title")
    assert titles == ["Words of Anna Weber", "Words of The author"]


def test_markup_in_a_passage_is_shown_and_not_obeyed(mill: Collection) -> None:
    evil = "<script>alert(1)</script> <img src=https://evil.example/x>"
    passages = tuple(
        Passage(id=p.id, kind=p.kind, text=evil, section=p.section, parent=p.parent, voice=p.voice)
        for p in mill.passages
    )
    tags = {tag for tag, _ in Parts(panel_html(Collection("evil", mill.about, passages, mill.voices))).tags}
    assert not tags & {"script", "img"}


@given(st.text(alphabet="ab \n", max_size=40))
def test_paragraphs_cover_every_word(text: str) -> None:
    kept = " ".join(text[start:end] for start, end in paragraphs(text))
    assert kept.split() == text.split()


@given(st.text(alphabet="ab \n", max_size=40))
def test_no_paragraph_holds_a_blank_line(text: str) -> None:
    assert not any("\n\n" in text[start:end] for start, end in paragraphs(text))
