"""The presentation in real Chromium: clicker and keys, editing, and going on without a server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Served
from tests.web.test_accessibility import grave

WAIT = 30_000
FIRST = "Should the library stop charging for late books?"


def present(page: Page, served: Served, at: str = "") -> Page:
    # A server that has just started may have its deck still to answer.
    page.goto(f"{served.url}/present{at}", timeout=3 * WAIT)
    expect(page.locator(".slide:not(.unanswered) .answer")).to_have_count(3, timeout=WAIT)
    # The slides stand in the page before its script hears a key.
    expect(page.locator("#bar .place")).not_to_be_empty()
    return page


def slide(page: Page) -> Locator:
    return page.locator(".slide:visible")


def place(page: Page) -> str:
    return page.locator("#bar .place").inner_text()


def test_the_deck_begins_with_its_title(page: Page, stage_window: Served) -> None:
    present(page, stage_window)
    expect(slide(page).locator("h1")).to_have_text("Should fines go?")


def test_keys_and_clicker_lead_on_and_back(page: Page, stage_window: Served) -> None:
    present(page, stage_window)
    pairs = [("ArrowRight", "ArrowLeft"), ("PageDown", "PageUp"), (" ", "Shift+ "), ("ArrowDown", "ArrowUp")]
    for on, back in pairs:
        page.keyboard.press(on)
        expect(slide(page).locator(".asked")).to_have_text(FIRST)
        expect(slide(page)).to_be_focused()
        page.keyboard.press(back)
        expect(slide(page).locator("h1")).to_be_visible()


def test_the_ends_hold_and_r_starts_over(page: Page, stage_window: Served) -> None:
    present(page, stage_window)
    page.keyboard.press("ArrowLeft")
    assert place(page) == "1 of 4"
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert place(page) == "4 of 4"
    page.keyboard.press("r")
    assert place(page) == "1 of 4"


def test_a_reload_stays_where_it_was(page: Page, stage_window: Served) -> None:
    present(page, stage_window, "#3")
    page.reload()
    assert place(page) == "3 of 4"


def test_the_screen_can_be_blanked_and_any_key_brings_it_back(page: Page, stage_window: Served) -> None:
    present(page, stage_window, "#2")
    for key in ("b", "."):
        page.keyboard.press(key)
        expect(page.locator("#blank")).to_be_visible()
        page.keyboard.press("ArrowRight")
        expect(page.locator("#blank")).to_be_hidden()
        assert place(page) == "2 of 4"


def test_both_sides_stand_side_by_side_with_speaker_and_citation(page: Page, stage_window: Served) -> None:
    present(page, stage_window, "#2")
    sides = [slide(page).locator(f".side.{name}").bounding_box() for name in ("for", "against")]
    assert sides[0] and sides[1] and sides[0]["y"] == sides[1]["y"] and sides[0]["x"] < sides[1]["x"]
    for statement in slide(page).locator(".side .statement").all():
        expect(statement.locator(".speaker")).to_be_visible()
        expect(statement.locator("a.cite:visible").first).to_be_visible()


@pytest.mark.parametrize(("width", "height", "least"), [(1280, 800, 21), (1920, 1080, 28)])
def test_the_type_is_for_the_back_row_and_nothing_runs_out_sideways(
    new_page: Callable[..., Page], stage_window: Served, width: int, height: int, least: float
) -> None:
    page = present(new_page(width, height), stage_window, "#2")
    for said in slide(page).locator(".side .said").all():
        assert said.evaluate("(each) => parseFloat(getComputedStyle(each).fontSize)") >= least
    assert slide(page).evaluate("(each) => each.scrollWidth <= each.clientWidth")


SMALLEST_TYPE = """each => Math.min(...[...each.querySelectorAll("*")]
  .filter(part => part.checkVisibility())
  .filter(part => [...part.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .map(part => parseFloat(getComputedStyle(part).fontSize)))"""


def test_nothing_on_a_slide_is_too_small_for_the_back_row(
    new_page: Callable[..., Page], real_window: Served
) -> None:
    page = new_page(1920, 1080)
    page.goto(f"{real_window.url}/present", timeout=3 * WAIT)
    expect(page.locator(".slide.unanswered")).to_have_count(0, timeout=3 * WAIT)
    for _ in range(page.locator(".slide").count()):
        assert slide(page).evaluate(SMALLEST_TYPE) >= 22, place(page)
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_every_slide_of_the_shipped_deck_fits_and_tells_what_it_leaves_out(
    new_page: Callable[..., Page], real_window: Served, width: int, height: int
) -> None:
    page = new_page(width, height)
    page.goto(f"{real_window.url}/present", timeout=3 * WAIT)
    expect(page.locator(".slide.unanswered")).to_have_count(0, timeout=3 * WAIT)
    spared = 0
    for _ in range(page.locator(".slide").count()):
        assert slide(page).evaluate("each => each.scrollHeight - each.clientHeight") <= 0, place(page)
        for section in slide(page).locator(".side, .context").all():
            left = section.locator(".statement[hidden]").count()
            told = section.locator(".rest").all_inner_texts()
            assert [int(line.split()[0]) for line in told] == ([left] if left else [])
            spared += left
        page.keyboard.press("ArrowRight")
    assert spared


def test_what_is_left_out_can_be_shown_and_each_side_keeps_a_voice(page: Page, real_window: Served) -> None:
    page.goto(f"{real_window.url}/present#2", timeout=3 * WAIT)
    expect(slide(page).locator(".rest").first).to_be_visible(timeout=3 * WAIT)
    for side in slide(page).locator(".side").all():
        expect(side.locator(".statement").first).to_be_visible()
    page.keyboard.press("q")
    expect(slide(page).locator(".statement[hidden], .rest")).to_have_count(0)
    page.keyboard.press("q")
    expect(slide(page).locator(".rest").first).to_be_visible()
    assert slide(page).evaluate("each => each.scrollHeight - each.clientHeight") <= 0


def test_an_address_changed_by_hand_leads_to_its_slide(page: Page, stage_window: Served) -> None:
    present(page, stage_window, "#3")
    page.evaluate("location.hash = '#2'")
    expect(page.locator("#bar .place")).to_have_text("2 of 4")


def test_two_quotes_of_one_passage_in_one_statement_can_be_told_apart(
    page: Page, stage_window: Served
) -> None:
    present(page, stage_window, "#2")
    for statement in page.locator(".statement:has(.cite.beside)").all():
        names = statement.locator(".cite.beside").all_text_contents()
        assert len(set(names)) == len(names)


def test_a_long_slide_is_read_to_its_end_before_the_next(
    new_page: Callable[..., Page], stage_window: Served
) -> None:
    page = present(new_page(1280, 300), stage_window, "#2")
    expect(page.locator("#below")).to_be_visible()
    for _ in range(20):
        if slide(page).evaluate("(each) => each.scrollHeight - each.clientHeight - each.scrollTop < 4"):
            break
        page.keyboard.press("PageDown")
        assert place(page) == "2 of 4"
    expect(page.locator("#below")).to_be_hidden()
    page.keyboard.press("PageDown")
    assert place(page) == "3 of 4"


def test_a_citation_opens_the_text_and_escape_returns(page: Page, stage_window: Served) -> None:
    present(page, stage_window, "#2")
    link = slide(page).locator(".side a.cite:visible").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source .lit mark").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(link).to_be_focused()


def test_the_deck_can_be_changed_here_and_stays_changed_until_it_is_put_back(
    page: Page, stage_window: Served
) -> None:
    present(page, stage_window, "#2")
    page.keyboard.press("e")
    page.locator("#edit-questions").fill(f"What did Elm Ferry do?\n{FIRST}")
    page.get_by_role("button", name="Use this deck").click()
    expect(page.locator(".slide:not(.unanswered) .answer")).to_have_count(2, timeout=WAIT)
    assert place(page) == "2 of 3"
    expect(slide(page).locator(".asked")).to_have_text("What did Elm Ferry do?")
    page.reload()
    expect(page.locator(".slide:not(.unanswered) .answer")).to_have_count(2, timeout=WAIT)
    page.keyboard.press("e")
    page.get_by_role("button", name="Back to the deck of the file").click()
    expect(page.locator(".slide .answer")).to_have_count(3, timeout=WAIT)


def test_a_question_from_the_room_is_added_after_this_slide_and_shown(
    page: Page, stage_window: Served
) -> None:
    present(page, stage_window, "#2")
    page.keyboard.press("a")
    expect(page.locator("#edit")).to_contain_text("a line that you add is asked")
    page.keyboard.type("What did Elm Ferry do?")
    page.get_by_role("button", name="Use this deck").click()
    assert place(page) == "3 of 5"
    expect(slide(page).locator(".asked")).to_have_text("What did Elm Ferry do?")
    expect(slide(page).locator(".answer")).to_be_visible(timeout=WAIT)


def test_words_of_a_crisis_do_not_stay_in_the_deck_of_this_device(page: Page, stage_window: Served) -> None:
    present(page, stage_window, "#2")
    page.keyboard.press("a")
    page.keyboard.type("I want to kill myself")
    page.get_by_role("button", name="Use this deck").click()
    expect(slide(page).locator(".answer.crisis")).to_be_visible(timeout=WAIT)
    kept = page.evaluate("Object.keys(localStorage).map((name) => localStorage.getItem(name)).join(' ')")
    assert FIRST in kept and "kill myself" not in kept


def test_a_deck_that_cannot_be_shown_is_not_taken(page: Page, stage_window: Served) -> None:
    present(page, stage_window)
    page.keyboard.press("e")
    for written, said in (("", "at least one"), ("Why?\nWhy?", "twice"), ("x" * 201, "longer than 200")):
        page.locator("#edit-questions").fill(written)
        page.get_by_role("button", name="Use this deck").click()
        expect(page.locator("#edit .fault")).to_contain_text(said)


def test_an_edited_question_is_shown_as_words(page: Page, stage_window: Served) -> None:
    present(page, stage_window)
    page.keyboard.press("e")
    page.locator("#edit-questions").fill("<img src=x onerror=alert(1)> Why?")
    page.get_by_role("button", name="Use this deck").click()
    expect(page.locator(".slide .answer")).to_have_count(1, timeout=WAIT)
    page.keyboard.press("End")
    expect(slide(page).locator(".asked")).to_have_text("<img src=x onerror=alert(1)> Why?")
    assert page.locator(".slide img").count() == 0


def test_day_and_night_can_be_changed_and_are_kept(page: Page, stage_window: Served) -> None:
    present(page, stage_window)
    expect(page.locator("body.dark")).to_have_count(0)
    page.keyboard.press("t")
    page.reload()
    expect(page.locator("body.dark")).to_have_count(1)


def test_quotes_can_be_shown_and_hidden(page: Page, stage_window: Served) -> None:
    present(page, stage_window, "#2")
    quote = slide(page).locator(".side .statement:not(.own-words) blockquote").first
    seen = quote.is_visible()
    page.keyboard.press("q")
    expect(quote).to_be_visible(visible=not seen)


def test_the_working_opens_beside_the_slides(page: Page, stage_window: Served) -> None:
    present(page, stage_window, "#2")
    with page.context.expect_page() as opened:
        page.keyboard.press("w")
    expect(opened.value.locator("h1")).to_have_text("How this answer came about")
    assert place(page) == "2 of 4"


@pytest.mark.parametrize(("status", "said"), [(0, "does not answer"), (404, "reload the deck")])
def test_a_working_that_cannot_be_had_is_one_line_on_the_slide(
    browser: Browser, stage_window: Served, status: int, said: str
) -> None:
    # Not watched: the browser itself notes a failed request as an error, and it is one.
    page = present(browser.new_page(), stage_window, "#2")
    page.route("**/working/*", lambda route: route.fulfill(status=status) if status else route.abort())
    page.keyboard.press("w")
    expect(page.locator("#remark")).to_contain_text(said)
    assert len(page.context.pages) == 1
    page.keyboard.press("ArrowRight")
    expect(page.locator("#remark")).to_be_hidden()
    page.close()


def test_it_goes_on_when_the_server_is_gone(page: Page, stage_window: Served) -> None:
    present(page, stage_window)
    page.context.set_offline(True)
    for number in range(2, 5):
        page.keyboard.press("PageDown")
        assert place(page) == f"{number} of 4"
        expect(slide(page).locator(".answer")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    slide(page).locator("a.cite:visible").first.click()
    expect(page.locator("#source .lit")).to_be_visible()


def test_a_new_question_without_a_server_says_what_is_wrong_and_keeps_the_rest(
    browser: Browser, stage_window: Served
) -> None:
    # Not watched: the browser itself notes a failed request as an error, and it is one.
    page = present(browser.new_page(), stage_window)
    page.route("**/present/slide", lambda route: route.fulfill(status=500, body="Something went wrong."))
    page.keyboard.press("e")
    page.locator("#edit-questions").fill(f"{FIRST}\nAnother one?")
    page.get_by_role("button", name="Use this deck").click()
    page.keyboard.press("End")
    expect(slide(page)).to_contain_text("Something went wrong.")
    page.unroute("**/present/slide")
    page.get_by_role("button", name="Try again").click()
    expect(slide(page).locator(".answer")).to_be_visible(timeout=WAIT)
    page.close()


def test_on_a_phone_the_sides_stand_one_under_the_other(
    new_page: Callable[..., Page], stage_window: Served
) -> None:
    page = present(new_page(390, 844), stage_window, "#2")
    sides = [slide(page).locator(f".side.{name}").bounding_box() for name in ("for", "against")]
    assert sides[0] and sides[1] and sides[0]["y"] < sides[1]["y"]
    page.get_by_role("button", name="Next", exact=True).click()
    assert place(page) == "3 of 4"


def test_nothing_moves_of_itself(new_page: Callable[..., Page], stage_window: Served) -> None:
    page = present(new_page(reduced_motion="reduce"), stage_window)
    assert page.evaluate("document.getAnimations().length") == 0


def test_what_only_the_chat_window_can_do_is_not_offered(page: Page, stage_window: Served) -> None:
    present(page, stage_window, "#2")
    expect(page.locator(".onward:visible, .ask-about:visible, .ask-this:visible")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave_on_a_slide_and_in_its_working(
    new_page: Callable[..., Page], stage_window: Served, scheme: str
) -> None:
    page = present(new_page(color_scheme=scheme), stage_window, "#2")
    assert grave(page) == []
    page.goto(stage_window.url + str(slide(page).get_attribute("data-working")))
    page.get_by_role("button", name="Flip a negation").click()
    expect(page.locator("#break-result .outcome")).to_be_visible()
    assert grave(page) == []
