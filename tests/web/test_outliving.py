"""What outlives a reload, another window, a damaged store and a server that dies, in Chromium."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Served, free_port, serving
from tests.web.test_talk import EARLIER, KEY, kept, reopened
from tests.web.test_window import ANSWER, SLOWLY, WAIT, answered, ask, clear, visit


def test_a_reload_shows_the_same_and_can_be_followed_up(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window)
    before = page.locator(ANSWER).evaluate("e => e.outerHTML")
    reopened(page)
    assert page.locator(ANSWER).evaluate("e => e.outerHTML") == before
    page.locator(f"{ANSWER} a.cite[href^='#C1.1~']").click()
    expect(page.locator("#source .lit mark")).to_have_text(
        "The dam kills the trout, and nobody has paid for that."
    )
    page.keyboard.press("Escape")
    ask(page, EARLIER)
    expect(page.locator(f"{ANSWER} .gaps").last).to_contain_text("Earlier turns: 1.", timeout=WAIT)


def test_a_real_conversation_outlives_a_reload(page: Page, real_window: Served) -> None:
    answered(page, real_window, "Would you call a good therapist a healer?")
    before = page.locator(ANSWER).evaluate("e => e.outerHTML")
    reopened(page)
    expect(page.locator("#note p")).to_have_count(0)
    assert page.locator(ANSWER).evaluate("e => e.outerHTML") == before


def test_a_stopped_answer_outlives_a_reload(page: Page, scripted_window: Served) -> None:
    ask(visit(page, scripted_window), SLOWLY)
    expect(page.locator("#chat .statement").first).to_be_visible(timeout=WAIT)
    page.locator("#stop").click()
    expect(page.locator("#chat .remark")).to_contain_text("Stopped.")
    before = page.locator("#chat .ended").evaluate("e => e.outerHTML")
    assert reopened(page).locator("#chat .ended").evaluate("e => e.outerHTML") == before


@pytest.fixture
def torn(browser: Browser) -> Iterator[Page]:
    """A page whose scripts may complain: Gradio's own do where a stream is cut off."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def test_a_reload_in_the_middle_brings_the_question_back(torn: Page, scripted_window: Served) -> None:
    page = torn
    ask(visit(page, scripted_window), SLOWLY)
    expect(page.locator("#chat .statement").first).to_be_visible(timeout=WAIT)
    page.reload()
    expect(page.locator("#note")).to_contain_text("It stands in the box: ask it again.", timeout=WAIT)
    expect(page.locator("#question textarea")).to_have_value(SLOWLY)


def test_words_typed_and_not_asked_outlive_a_reload(page: Page, scripted_window: Served) -> None:
    visit(page, scripted_window).fill("#question textarea", "Half a quest")
    page.reload()
    expect(page.locator("#question textarea")).to_have_value("Half a quest", timeout=WAIT)


def test_clear_forgets_on_the_device_too(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window)
    expect(page.locator("#keeping")).to_contain_text("Kept on this device only")
    clear(page)
    expect(page.locator("#chat .asked")).to_have_count(0)
    page.wait_for_function("key => localStorage.getItem(key) === null", arg=KEY)
    page.reload()
    expect(page.locator(".ask-this").first).to_be_visible(timeout=WAIT)
    expect(page.locator("#chat .asked")).to_have_count(0)


def test_clear_in_one_window_forgets_in_the_other(
    new_page: Callable[..., Page], scripted_window: Served
) -> None:
    first = answered(new_page(), scripted_window)
    second = first.context.new_page()
    second.goto(scripted_window.url)
    expect(second.locator("#chat .asked")).to_be_visible(timeout=WAIT)
    clear(second)
    expect(first.locator("#chat .asked")).to_have_count(0, timeout=WAIT)


@pytest.mark.parametrize(
    "store", ["{", "x" * 3_000_000, '{"version":1,"collection":"mill","exchanges":[{}]}']
)
def test_a_damaged_store_is_dropped_with_a_sentence(page: Page, scripted_window: Served, store: str) -> None:
    # Before the page's own scripts: one that is still opening would write over it.
    page.add_init_script(f"localStorage.setItem({json.dumps(KEY)}, {json.dumps(store)})")
    visit(page, scripted_window)
    expect(page.locator("#note")).to_contain_text("could not be read and was put away", timeout=WAIT)
    page.wait_for_function("key => localStorage.getItem(key) === null", arg=KEY)
    ask(page, EARLIER)
    expect(page.locator(f"{ANSWER} .gaps")).to_contain_text("Earlier turns: 0.", timeout=WAIT)


def test_what_was_planted_in_the_store_stays_text(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window)
    planted = json.loads(kept(page))
    evil = "<img src='http://evil.example/a.png' onerror='document.title=1'>[x](http://evil.example)"
    planted["exchanges"][0]["question"] = evil
    planted["exchanges"][0]["answer"]["gaps"] = [evil]
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, json.dumps(planted)])
    reopened(page)
    assert page.locator("#chat .asked").inner_text() == evil
    assert page.locator(f"{ANSWER} .gaps li").inner_text() == evil
    assert page.locator("#chat img").count() == 0
    links = page.locator("#chat a").evaluate_all("a => a.map(e => e.getAttribute('href'))")
    assert all(re.fullmatch(r"#[\w.~]+|/working/\w+", link) for link in links), links


def test_a_planted_statement_is_left_out_with_a_sentence(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window)
    planted = kept(page).replace("The dam kills the trout, and", "The dam feeds the trout, and")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, planted])
    page.reload()
    expect(page.locator("#note")).to_contain_text("Left out, for the text has changed since", timeout=WAIT)
    expect(page.locator("#chat .asked")).to_have_count(0)


def test_a_server_that_dies_and_comes_back_loses_nothing(torn: Page, tmp_path: Path) -> None:
    page, port = torn, str(free_port())
    with serving("tests/web/scripted_server.py", tmp_path, PORT=port) as first:
        answered(page, first)
        ask(page, SLOWLY)
        expect(page.locator("#chat .drafting .statement").first).to_be_visible(timeout=WAIT)
        first.process.kill()
        first.process.wait()
        expect(page.locator("#connection")).to_contain_text("The connection is lost", timeout=WAIT)
    with serving("tests/web/scripted_server.py", tmp_path, PORT=port):
        expect(page.locator("#note")).to_contain_text("It stands in the box: ask it again.", timeout=WAIT)
        expect(page.locator("#chat .asked")).to_have_text(["Should they keep the mill?"])
        expect(page.locator("#question textarea")).to_have_value(SLOWLY)
        ask(page, EARLIER)
        expect(page.locator(f"{ANSWER} .gaps").last).to_contain_text("Earlier turns: 1.", timeout=WAIT)


def test_a_working_that_this_server_does_not_hold_is_not_led_to(page: Page, stage_window: Served) -> None:
    answered(page, stage_window, "Should the library stop charging for late books?")
    expect(page.locator("#chat a.show-working")).to_be_visible()
    kept(page)
    # As after a restart: the answer comes from the device, and nobody here knows how it came about.
    page.evaluate(
        """() => {
          const key = Object.keys(localStorage).find((each) => each.startsWith("counterpoint."));
          const other = localStorage.getItem(key).replace(/"settings_hash":"\\w+"/, '"settings_hash":"1"');
          localStorage.setItem(key, other);
        }"""
    )
    page.reload()
    expect(page.locator("#chat .unworked")).to_contain_text("ask again to see it", timeout=WAIT)
    expect(page.locator("#chat a.show-working")).to_have_count(0)


def test_a_question_to_a_server_that_was_started_anew_is_asked_after_a_reload(
    torn: Page, tmp_path: Path
) -> None:
    page, port = torn, str(free_port())
    # The page notices only when it asks.
    page.route("**/gradio_api/app_id", lambda route: route.fulfill(status=404))
    with serving("tests/web/scripted_server.py", tmp_path, PORT=port) as first:
        answered(page, first)
    with serving("tests/web/scripted_server.py", tmp_path, PORT=port):
        ask(page, EARLIER)
        expect(page.locator(f"{ANSWER} .gaps").last).to_contain_text("Earlier turns: 1.", timeout=WAIT)
        expect(page.locator("#chat .asked")).to_have_count(2)


def test_a_link_back_opens_its_passage(page: Page, scripted_window: Served) -> None:
    page.goto(f"{scripted_window.url}/#C1.1")
    expect(page.locator("#source .lit")).to_have_attribute("id", "C1.1", timeout=WAIT)
    expect(page.locator("#C1\\.1")).to_be_in_viewport()


def test_where_the_browser_keeps_nothing_the_page_says_so_and_works(
    page: Page, scripted_window: Served
) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    answered(page, scripted_window)
    expect(page.locator("#keeping")).to_contain_text("This browser keeps nothing here")


def test_a_question_larger_than_any_body_that_is_let_in_gets_the_same_kind_sentence(
    page: Page, scripted_window: Served
) -> None:
    ask(visit(page, scripted_window), "why " * 100_000)
    expect(page.locator("#note")).to_contain_text("please shorten it and ask again", timeout=WAIT)
