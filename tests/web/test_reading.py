"""Reading the text beside an answer: the quotes one after another, the find box, asking about a passage."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Served
from tests.web.test_window import ANSWER, WAIT, answered, focused, visit

# The text beside the answers, and over them; the third size is walked in test_whole_way.py.
SIZES = [(1280, 800), (390, 844)]
LONG_COMMENT = "Was homosexuality removed from the DSM by a vote?"


def following(page: Page, served: Served, passage: str = "C1.1") -> Page:
    answered(page, served).locator(f"{ANSWER} a.cite[href^='#{passage}~']").click()
    return page


def painted(page: Page, name: str) -> list[str]:
    """The words under a highlight."""
    return page.evaluate(
        "name => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString())", name
    )


def test_the_other_quotes_of_the_answer_are_marked_too(page: Page, scripted_window: Served) -> None:
    following(page, scripted_window)
    cited = page.locator("#source .cited").evaluate_all("all => all.map((passage) => passage.id)")
    assert cited == ["A2", "A3", "C1", "C1.1", "C2"]
    assert page.locator("#source .cited:not(.lit) mark.also").count() >= 4
    expect(page.locator(".source-citations")).to_contain_text("Quote 4 of 5: C1.1, a reply to Miller's Child")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_next_and_previous_lead_through_the_quotes(
    new_page: Callable[..., Page], scripted_window: Served, width: int, height: int
) -> None:
    page = following(new_page(width, height), scripted_window)
    page.locator(".citation-next").click()
    expect(page.locator("#source .lit")).to_have_attribute("id", "A2")
    expect(page.locator("#source mark.now")).to_be_in_viewport()
    expect(page.locator(".citation-next")).to_have_attribute("aria-disabled", "true")
    page.locator(".citation-previous").click()
    expect(page.locator("#source .lit")).to_have_attribute("id", "C1.1")
    page.keyboard.press("Escape")
    assert focused(page).startswith("#C1.1~")


def test_by_keyboard_the_focus_stays_on_the_button_that_leads_on(page: Page, scripted_window: Served) -> None:
    following(page, scripted_window)
    page.locator(".citation-previous").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#source .lit")).to_have_attribute("id", "A3")
    expect(page.locator(".citation-previous")).to_be_focused()


def test_no_quotes_are_counted_where_the_text_is_read_on_its_own(page: Page, scripted_window: Served) -> None:
    visit(page, scripted_window).locator(".open-source").click()
    expect(page.locator(".source-citations")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_a_quote_far_down_a_long_comment_is_brought_into_view(
    new_page: Callable[..., Page], real_window: Served, width: int, height: int
) -> None:
    page = answered(new_page(width, height), real_window, LONG_COMMENT)
    page.locator(f"{ANSWER} a.cite[href^='#C13.1.1~']").first.click()
    expect(page.locator("#source .lit")).to_have_attribute("id", "C13.1.1")
    expect(page.locator("#source mark.now").first).to_be_in_viewport()
    speaker = page.locator("#source .lit .speaker")
    expect(speaker).to_be_in_viewport(ratio=1)
    expect(speaker).to_have_text("joel stern")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_no_reply_has_an_empty_row_where_its_hidden_button_is(
    new_page: Callable[..., Page], real_window: Served, width: int, height: int
) -> None:
    page = visit(new_page(width, height), real_window)
    page.locator(".open-source").click()
    # Words under the row of the name: none of its rows is only the button.
    rows = page.locator("#source .source-thread .passage").evaluate_all(
        """all => all.map(passage => {
          const row = passage.querySelector('.whose');
          const words = Math.max(...[...row.childNodes].filter(n => !n.classList?.contains('ask-about')
            && n.textContent.trim()).map(n => { const r = document.createRange(); r.selectNode(n);
            return r.getBoundingClientRect().bottom; }));
          return [passage.id, Math.round(row.getBoundingClientRect().bottom
            - parseFloat(getComputedStyle(row).paddingBottom) - words)];
        })"""
    )
    assert [name for name, empty in rows if empty > 8] == []


def test_what_was_being_read_stays_in_place_when_the_text_opens_and_closes(
    page: Page, real_window: Served
) -> None:
    answered(page, real_window, "Is it okay for a counsellor to call himself a healer?")
    link = page.locator(f"{ANSWER} a.cite").last
    link.scroll_into_view_if_needed()
    page.wait_for_timeout(700)
    top = "e => e.getBoundingClientRect().top"
    before = link.evaluate(top)
    link.evaluate("e => e.click()")
    expect(page.locator("#source")).to_be_visible()
    assert abs(link.evaluate(top) - before) < 40
    page.keyboard.press("Escape")
    expect(page.locator("#source .lit")).to_have_count(0)
    assert abs(link.evaluate(top) - before) < 40


def test_the_side_that_one_reads_is_named_however_far_down(page: Page, real_window: Served) -> None:
    answered(page, real_window, "Is it okay for a counsellor to call himself a healer?")
    page.locator(f"{ANSWER} .side.against .statement").last.scroll_into_view_if_needed()
    expect(page.locator(f"{ANSWER} .side.against h3")).to_be_in_viewport(ratio=1)


def test_the_page_that_moves_under_a_still_pointer_opens_no_quote(
    page: Page, scripted_window: Served
) -> None:
    answered(page, scripted_window)
    box = page.locator(f"{ANSWER} a.cite[href^='#A2~']").bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, 5)
    page.mouse.move(box["x"] + 4, box["y"] - 60)
    page.evaluate("document.querySelector('#chat').style.marginTop = '-62px'")
    page.wait_for_timeout(900)
    expect(page.locator("#citation-tip")).to_be_hidden()


def test_the_find_box_lights_every_match_and_leads_through_them(page: Page, scripted_window: Served) -> None:
    visit(page, scripted_window)
    page.locator(".open-source").click()
    page.fill("#source-query", "REPAIRS COST")
    expect(page.locator(".found")).to_have_text("1 of 2")
    assert painted(page, "found") == ["Repairs cost", "Repairs cost"]
    page.keyboard.press("Enter")
    expect(page.locator(".found")).to_have_text("2 of 2")
    page.locator(".found-next").click()
    expect(page.locator(".found")).to_have_text("1 of 2")
    assert painted(page, "found-now") == ["Repairs cost"]


def test_finding_crosses_lines_marks_and_rare_signs(page: Page, scripted_window: Served) -> None:
    following(page, scripted_window)
    for query, count in (
        ("child. The trout", "1 of 1"),
        ("zebra", "No match"),
        ('"Bread is', "1 of 1"),
        ("zebra", "No match"),
        ("🌾 and", "1 of 1"),
    ):
        page.fill("#source-query", query)
        expect(page.locator(".found")).to_have_text(count)


def test_escape_empties_the_find_box_first(page: Page, scripted_window: Served) -> None:
    visit(page, scripted_window).locator(".open-source").click()
    page.fill("#source-query", "mill")
    page.keyboard.press("Escape")
    expect(page.locator("#source-query")).to_have_value("")
    assert painted(page, "found") == []
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(page.locator(".open-source")).to_be_focused()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_passage_can_be_asked_about(
    new_page: Callable[..., Page], scripted_window: Served, width: int, height: int
) -> None:
    page = visit(new_page(width, height), scripted_window)
    page.locator(".open-source").click()
    page.locator("#C2").hover()
    page.locator("#C2 .ask-about").click()
    expect(page.locator("#chat .asked")).to_have_text("What does C2 say?")
    expect(page.locator(ANSWER)).to_be_visible(timeout=WAIT)


def test_a_question_about_a_passage_is_answered_by_the_guide(page: Page, real_window: Served) -> None:
    visit(page, real_window).locator(".open-source").click()
    page.locator("[id='C13.1.1'] .ask-about").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{ANSWER} a.cite[href^='#C13.1.1~']").first).to_be_visible(timeout=WAIT)


def test_a_suggested_question_is_asked_with_one_click_or_key(page: Page, real_window: Served) -> None:
    answered(page, real_window, "Is it okay for a counsellor to call himself a healer?")
    first = page.locator(f"{ANSWER} .onward a").first
    question = first.inner_text()
    first.click()
    expect(page.locator("#chat .asked").last).to_have_text(question)
    expect(page.locator(ANSWER)).to_have_count(2, timeout=WAIT)
    page.locator(f"{ANSWER} .onward a").last.press("Space")
    expect(page.locator(ANSWER)).to_have_count(3, timeout=WAIT)


def test_a_help_line_can_be_dialled(page: Page, real_window: Served) -> None:
    answered(page, real_window, "I want to kill myself tonight")
    assert "tel:988" in page.locator("#chat a.dial").evaluate_all(
        "all => all.map((a) => a.getAttribute('href'))"
    )


def test_a_focused_citation_shows_its_quote_and_is_described_by_it(
    page: Page, scripted_window: Served
) -> None:
    link = answered(page, scripted_window).locator(f"{ANSWER} a.cite[href^='#C1.1~']")
    page.locator(f"{ANSWER} a.cite").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    tip = page.locator("#citation-tip")
    expect(tip).to_be_visible()
    link.focus()
    expect(tip.locator("mark")).to_have_text("The dam kills the trout, and nobody has paid for that.")
    expect(tip).to_contain_text("Feeding is over.")
    expect(link).to_have_attribute("aria-describedby", "citation-tip")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(link).to_be_focused()


def test_a_citation_pointed_at_shows_its_quote_until_the_pointer_leaves(
    page: Page, scripted_window: Served
) -> None:
    answered(page, scripted_window).locator(f"{ANSWER} a.cite[href^='#A2~']").hover()
    tip = page.locator("#citation-tip")
    expect(tip.locator("mark")).to_have_text("Bread is a neighbour")
    tip.hover()
    page.wait_for_timeout(500)
    expect(tip).to_be_visible()
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()


def test_keys_alone_lead_from_a_question_to_a_quote_and_back(page: Page, scripted_window: Served) -> None:
    visit(page, scripted_window)
    page.locator("#question textarea").focus()
    page.keyboard.type("Should they keep the mill?")
    page.keyboard.press("Enter")
    expect(page.locator(ANSWER)).to_be_visible(timeout=WAIT)
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if focused(page).startswith("#C1~"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#C1")).to_be_focused()
    page.keyboard.press("Escape")
    assert focused(page).startswith("#C1~")


def test_no_starters_leave_no_gap(page: Page, scripted_window: Served) -> None:
    visit(page, scripted_window)
    page.evaluate("document.querySelector('#starters ul').remove()")
    assert page.locator("#starters").evaluate("e => e.getBoundingClientRect().height") == 0


def test_opening_the_text_asks_nothing_of_the_server(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window)
    page.wait_for_timeout(500)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.locator(f"{ANSWER} a.cite").first.click()
    page.locator(".citation-next").click()
    page.fill("#source-query", "mill")
    page.wait_for_timeout(300)
    assert [url for url in sent if "heartbeat" not in url] == []


def test_back_closes_the_text_on_a_phone_and_closing_leaves_no_entry_behind(
    new_page: Callable[..., Page], scripted_window: Served
) -> None:
    page = answered(new_page(390, 844), scripted_window)
    text = page.locator("#source")
    for leave in (page.go_back, lambda: page.keyboard.press("Escape"), page.locator(".source-close").click):
        page.locator(f"{ANSWER} a.cite").first.click()
        expect(text).to_be_visible()
        assert page.evaluate("history.state?.counterpointText")
        leave()
        expect(text).to_be_hidden()
        page.wait_for_function("!history.state?.counterpointText")
    assert page.url.rstrip("/") == scripted_window.url
    expect(page.locator("#chat .asked")).to_have_count(1)


def test_each_letter_is_looked_for_from_where_one_was_reading(page: Page, real_window: Served) -> None:
    visit(page, real_window).locator(".open-source").click()
    page.locator("#source a[href='#source-thread']").click()
    page.locator("#source-query").focus()
    page.keyboard.type("d")
    page.keyboard.type("isagree")
    here = "[...CSS.highlights.get('found-now')][0].startContainer.parentElement.closest('.passage').id"
    step_by_step = page.evaluate(here)
    page.keyboard.press("Escape")
    page.locator("#source a[href='#source-thread']").click()
    page.locator("#source-query").fill("disagree")
    assert page.evaluate(here) == step_by_step
