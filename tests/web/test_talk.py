"""The conversation in Chromium: asked again, edited, saved, judged."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.feedback import FeedbackStore, Verdict
from evals.cases import load_suite
from tests.conftest import Served
from tests.web.test_window import ANSWER, SLOWLY, WAIT, answered, ask, visit

EARLIER = "What was said earlier?"
KEY = "counterpoint.mill"


def act(page: Page, name: str) -> None:
    page.locator(f"#chat a.act[href^='#{name}']").last.click()


def kept(page: Page) -> str:
    """What the device keeps once nothing is pending: the last message follows what is shown."""
    page.wait_for_function(
        "() => /exchanges/.test(Object.values(localStorage)) && !/pending/.test(Object.values(localStorage))",
        timeout=WAIT,
    )
    return page.evaluate("key => localStorage.getItem(key) ?? ''", KEY)


def reopened(page: Page) -> Page:
    """The page after a reload of what it had kept."""
    kept(page)
    page.reload()
    expect(page.locator("#chat .asked").first).to_be_visible(timeout=WAIT)
    return page


def test_asking_again_takes_the_place_of_the_answer(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window, EARLIER)
    act(page, "again")
    expect(page.locator("#chat .drafting")).to_be_visible(timeout=WAIT)
    expect(page.locator(f"{ANSWER} .gaps")).to_contain_text("Earlier turns: 0.", timeout=WAIT)
    expect(page.locator("#chat .asked")).to_have_count(1)


def test_the_answer_stays_while_it_is_asked_for_again_and_outlives_a_stop(
    page: Page, scripted_window: Served
) -> None:
    ask(visit(page, scripted_window), SLOWLY)
    expect(page.locator(ANSWER)).to_be_visible(timeout=WAIT)
    act(page, "again")
    expect(page.locator("#chat .drafting .progress")).to_be_visible(timeout=WAIT)
    expect(page.locator(f"{ANSWER} .statement")).to_have_count(5)
    page.locator("#stop").click()
    expect(page.locator("#note")).to_contain_text("The answer above is the one from before.", timeout=WAIT)
    expect(page.locator(f"{ANSWER} .statement")).to_have_count(5)
    expect(reopened(page).locator(f"{ANSWER} .statement")).to_have_count(5)


def test_an_edited_question_that_fails_comes_back_into_the_box_and_costs_no_answer(
    page: Page, scripted_window: Served
) -> None:
    answered(page, scripted_window)
    act(page, "edit")
    expect(page.locator(".leave-edit")).to_be_visible()
    ask(page, "Please break.")
    expect(page.locator("#note")).to_contain_text("The answer above is the one from before.", timeout=WAIT)
    expect(page.locator("#chat .asked")).to_have_text(["Should they keep the mill?"])
    expect(page.locator("#question textarea")).to_have_value("Please break.")


def test_an_edited_question_takes_the_place_of_the_last(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window)
    act(page, "edit")
    expect(page.locator("#note")).to_contain_text("Asking now replaces your last question")
    expect(page.locator("#question textarea")).to_be_focused()
    assert page.input_value("#question textarea") == "Should they keep the mill?"
    ask(page, EARLIER)
    expect(page.locator("#chat .asked")).to_have_text([EARLIER], timeout=WAIT)
    expect(page.locator(f"{ANSWER} .gaps")).to_contain_text("Earlier turns: 0.", timeout=WAIT)


def test_editing_can_be_left(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window)
    act(page, "edit")
    page.locator(".leave-edit").click()
    expect(page.locator(".leave-edit")).to_have_count(0)
    expect(page.locator("#question textarea")).to_have_value("")
    ask(page, EARLIER)
    expect(page.locator("#chat .asked")).to_have_count(2, timeout=WAIT)


def test_acts_work_by_key_alone(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window)
    edit = page.get_by_role("button", name="Edit the question")
    edit.focus()
    page.keyboard.press("Space")
    expect(page.locator("#question textarea")).to_be_focused(timeout=WAIT)


@pytest.mark.parametrize(("format_", "ending"), [("markdown", "md"), ("page", "html")])
def test_one_click_saves_the_transcript(
    page: Page, scripted_window: Served, tmp_path: Path, format_: str, ending: str
) -> None:
    answered(page, scripted_window)
    with page.expect_download() as coming:
        page.locator(f"[data-save={format_}]").click()
    assert re.fullmatch(rf"counterpoint-\d{{4}}-\d\d-\d\d-\d{{4}}\.{ending}", coming.value.suggested_filename)
    coming.value.save_as(tmp_path / "saved")
    text = (tmp_path / "saved").read_text("utf-8")
    assert "The dam kills the trout, and nobody has paid for that." in text
    assert f"{scripted_window.url}/#C1.1" in text


@pytest.mark.parametrize("format_", ["markdown", "page"])
def test_words_of_a_crisis_are_in_no_saved_file_but_the_help_is(
    page: Page, scripted_window: Served, tmp_path: Path, format_: str
) -> None:
    answered(page, scripted_window, "In my crisis I said zzyzx.")
    with page.expect_download() as coming:
        page.locator(f"[data-save={format_}]").click()
    coming.value.save_as(tmp_path / "saved")
    text = (tmp_path / "saved").read_text("utf-8")
    assert "zzyzx" not in text and "Someone can be reached now" in text


def test_a_saved_page_reads_without_the_server(
    new_page: Callable[..., Page], scripted_window: Served, tmp_path: Path
) -> None:
    page = answered(new_page(), scripted_window)
    with page.expect_download() as coming:
        page.locator("[data-save=page]").click()
    coming.value.save_as(tmp_path / "saved.html")
    saved = new_page(390, 844)
    saved.goto((tmp_path / "saved.html").as_uri())
    saved.locator("blockquote a").first.click()
    expect(saved.locator("li:has(:target)")).to_contain_text("I was born beside that mill")
    assert saved.evaluate("document.documentElement.scrollWidth") == 390


def test_feedback_is_stored_and_thanked_for(page: Page, open_handed: Served) -> None:
    answered(page, open_handed, "Is it helpful?")
    act(page, "feedback")
    form = page.get_by_role("dialog", name="What do you say of this answer?")
    expect(form).to_be_visible()
    form.get_by_label("A quote does not support this").check()
    form.get_by_label("A note, if you like").fill("Look at C2 <b>.")
    form.get_by_role("button", name="Send").click()
    expect(page.locator("#note")).to_contain_text("Thank you", timeout=WAIT)
    expect(form).to_be_hidden()
    last = FeedbackStore(open_handed.log.parent / "data").all()[-1]
    assert (last.verdict, last.note) == (Verdict.UNSUPPORTED, "Look at C2 <b>.")
    assert last.answer.question == "Is it helpful?"


def test_feedback_without_a_verdict_is_not_sent(page: Page, open_handed: Served) -> None:
    answered(page, open_handed, "Nothing to say?")
    act(page, "feedback")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#feedback")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#feedback")).to_be_hidden()
    expect(page.locator("#chat a.act[href^='#feedback']")).to_be_focused()


def test_an_answer_is_added_to_the_suite_once(page: Page, open_handed: Served) -> None:
    answered(page, open_handed, "Is this a case?")
    act(page, "suite")
    expect(page.locator("#note")).to_contain_text("Added to mine.jsonl", timeout=WAIT)
    act(page, "suite")
    expect(page.locator("#note")).to_contain_text("holds this question already", timeout=WAIT)
    cases = load_suite(open_handed.log.parent / "mine.jsonl").cases
    assert [case.question for case in cases] == ["Is this a case?"] and len(cases[0].gold) == 5


def test_neither_is_there_unless_the_operator_allows_it(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window)
    assert page.locator("#chat a.act").all_inner_texts() == ["Ask again", "Edit the question"]
    assert page.locator("#feedback").count() == 0
    assert not (scripted_window.log.parent / "data").exists()
