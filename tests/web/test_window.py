"""The window in real Chromium: the scripted guide for each flow, the real one for the whole way."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bot.corpus import Collection
from tests.conftest import Served
from tests.web.scripted_server import statements

SLOWLY = "Would they keep it? Answer slowly."
ANSWER = "#chat .answer.finished"
WAIT = 60_000


def visit(page: Page, served: Served) -> Page:
    page.goto(served.url)
    expect(page.locator(".ask-this").first).to_be_visible(timeout=WAIT)
    return page


def clear(page: Page) -> None:
    page.locator("#clear").click()
    page.locator(".confirm-clear").click()


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")


def answered(page: Page, served: Served, question: str = "Should they keep the mill?") -> Page:
    ask(visit(page, served), question)
    expect(page.locator(ANSWER)).to_be_visible(timeout=WAIT)
    return page


def words(text: str) -> list[str]:
    return text.replace("“", " ").replace("”", " ").split()


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.id")


def test_a_real_question_is_answered_on_both_sides(page: Page, real_window: Served) -> None:
    answered(page, real_window, "Would you call a good therapist a healer?")
    sides = [page.locator(f"{ANSWER} .side.{side} .speaker").all_inner_texts() for side in ("for", "against")]
    assert all(sides), sides
    assert len(set(sides[0]) | set(sides[1])) >= 2


def test_a_real_citation_leads_to_its_quote(page: Page, real_window: Served) -> None:
    answered(page, real_window, "Would you call a good therapist a healer?")
    quotes = page.locator(f"{ANSWER} .side blockquote")
    for quote in quotes.all()[:4]:
        shown = quote.inner_text().rsplit("”", 1)[0]
        quote.locator("a.cite").click()
        expect(page.locator("#source .lit mark.now").first).to_be_visible(timeout=WAIT)
        marked = " ".join(page.locator("#source .lit mark.now").all_inner_texts())
        for piece in shown.split("…"):
            assert " ".join(words(piece)) in " ".join(words(marked))
        page.keyboard.press("Escape")
        # A dialog tells that it closed a moment later than it closes.
        expect(page.locator("#source .lit")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_a_clicked_citation_lights_its_passage_and_escape_returns(
    new_page: Callable[..., Page], scripted_window: Served, width: int, height: int
) -> None:
    page = answered(new_page(width, height), scripted_window)
    link = page.locator(f"{ANSWER} a.cite[href^='#C1.1~']")
    link.click()
    lit = page.locator("#source .lit")
    expect(lit).to_have_attribute("id", "C1.1")
    expect(lit).to_be_focused()
    expect(lit.locator("mark.now")).to_have_text("The dam kills the trout, and nobody has paid for that.")
    expect(lit.locator("mark.now")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(link).to_be_focused()


def test_enter_on_a_citation_does_the_same(page: Page, scripted_window: Served) -> None:
    link = answered(page, scripted_window).locator(f"{ANSWER} a.cite").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#C1")).to_be_focused()
    page.locator(".source-close").click()
    expect(link).to_be_focused()


def test_a_quote_over_two_paragraphs_and_a_rare_sign_is_marked_exactly(
    page: Page, scripted_window: Served
) -> None:
    answered(page, scripted_window).locator(f"{ANSWER} a.cite[href^='#C1~']").click()
    assert page.locator("#C1 mark.now").all_inner_texts() == [
        "I would never let it go.",
        "It fed us in two winters.",
    ]


def test_a_second_citation_moves_the_light(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window)
    page.locator(f"{ANSWER} a.cite[href^='#C1~']").click()
    page.locator(f"{ANSWER} a.cite[href^='#A2~']").click()
    expect(page.locator("#source .lit")).to_have_attribute("id", "A2")
    assert page.locator("#source mark.now").all_inner_texts() == ["Bread is a neighbour"]


def test_the_text_can_be_read_without_a_question(page: Page, scripted_window: Served) -> None:
    visit(page, scripted_window).locator(".open-source").click()
    expect(page.locator("#source #A1")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator(".open-source")).to_be_focused()


def test_statements_come_in_one_by_one(page: Page, scripted_window: Served) -> None:
    ask(visit(page, scripted_window), SLOWLY)
    expect(page.locator("#chat .statement").first).to_be_visible(timeout=WAIT)
    expect(page.locator("#chat .progress")).to_contain_text("Checking statement")
    expect(page.locator("#chat .statement").nth(1)).to_be_visible(timeout=WAIT)


def test_stop_keeps_what_has_passed(page: Page, scripted_window: Served, mill: Collection) -> None:
    ask(visit(page, scripted_window), SLOWLY)
    expect(page.locator("#chat .statement").first).to_be_visible(timeout=WAIT)
    page.locator("#stop").click()
    expect(page.locator("#chat .remark")).to_contain_text("Stopped.")
    kept = page.locator("#chat .statement").count()
    assert 1 <= kept < len(statements(mill))
    page.wait_for_timeout(2000)
    expect(page.locator("#chat .statement")).to_have_count(kept)
    expect(page.locator("#ask")).to_be_visible()


def test_after_a_stop_the_next_question_is_answered(page: Page, scripted_window: Served) -> None:
    ask(visit(page, scripted_window), SLOWLY)
    expect(page.locator("#chat .statement").first).to_be_visible(timeout=WAIT)
    page.locator("#stop").click()
    expect(page.locator("#chat .remark")).to_be_visible()
    ask(page, "What was said earlier?")
    expect(page.locator(f"{ANSWER} .gaps")).to_contain_text("Earlier turns: 1.", timeout=WAIT)


def test_a_starter_is_asked_with_one_click(page: Page, scripted_window: Served) -> None:
    starter = visit(page, scripted_window).locator(".ask-this").first
    question = starter.inner_text()
    starter.click()
    expect(page.locator("#chat .asked")).to_have_text(question)
    expect(page.locator(ANSWER)).to_be_visible(timeout=WAIT)


def test_shift_and_enter_make_a_new_line(page: Page, scripted_window: Served) -> None:
    visit(page, scripted_window).fill("#question textarea", "one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    assert page.input_value("#question textarea") == "one\ntwo"
    expect(page.locator("#chat .asked")).to_have_count(0)


def test_clear_asks_first_and_can_be_left_by_key(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window).locator("#clear").focus()
    for leave in ("Enter", "Escape"):
        page.keyboard.press("Enter")
        dialog = page.get_by_role("alertdialog", name="Clear this conversation?")
        expect(dialog).to_be_visible()
        expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
        page.keyboard.press(leave)
        expect(dialog).to_be_hidden()
        assert focused(page) == "clear"
    expect(page.locator("#chat .asked")).to_have_count(1)


def test_on_a_phone_clear_stands_under_ask_and_the_foot_is_low(
    new_page: Callable[..., Page], scripted_window: Served
) -> None:
    page = answered(new_page(390, 844), scripted_window)
    ask_box, clear_box = (page.locator(name).bounding_box() for name in ("#ask", "#clear"))
    assert ask_box and clear_box and clear_box["y"] >= ask_box["y"] + ask_box["height"]
    assert page.locator("#foot").evaluate("each => each.offsetHeight") <= 844 * 0.12


def test_clear_forgets_the_conversation(page: Page, scripted_window: Served) -> None:
    clear(answered(page, scripted_window))
    expect(page.locator(".ask-this").first).to_be_visible()
    ask(page, "What was said earlier?")
    expect(page.locator(f"{ANSWER} .gaps")).to_contain_text("Earlier turns: 0.", timeout=WAIT)


@pytest.mark.parametrize(
    "question",
    [
        "<script>document.title='taken'</script><img src='http://evil.example/a.png'> mill",
        "![mill](http://evil.example/b.png) [mill](javascript:alert(1)) **bold**",
        "<style>body{background:url(http://evil.example/c.png)}</style># mill",
    ],
)
def test_a_question_is_shown_letter_for_letter(page: Page, scripted_window: Served, question: str) -> None:
    answered(page, scripted_window, question)
    assert page.locator("#chat .asked").inner_text() == question
    assert page.locator("#chat .asked *").count() == 0
    assert "Counterpoint" in page.title()


def test_a_question_that_is_too_long_gets_a_kind_sentence(page: Page, scripted_window: Served) -> None:
    question = "why " * 600
    ask(visit(page, scripted_window), question)
    expect(page.locator("#note")).to_contain_text("please shorten it and ask again", timeout=WAIT)
    assert page.input_value("#question textarea") == question
    expect(page.locator("#chat .asked")).to_have_count(0)


def test_an_empty_question_is_let_pass_in_silence(page: Page, scripted_window: Served) -> None:
    ask(visit(page, scripted_window), "   ")
    page.wait_for_timeout(500)
    expect(page.locator("#chat .asked")).to_have_count(0)


def test_a_failure_is_one_sentence_with_a_way_on(page: Page, scripted_window: Served) -> None:
    ask(visit(page, scripted_window), "Please break.")
    expect(page.locator("#chat .remark")).to_contain_text("Please ask again.", timeout=WAIT)
    assert "secret of the machine room" not in page.content()


def test_a_crisis_is_met_by_its_notice_alone(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window, "This is a crisis.")
    assert (
        page.locator(ANSWER).inner_text()
        == "Please do not stay alone with this.\nSomeone can be reached now."
    )


def test_beside_help_lines_the_page_does_not_claim_to_keep_the_words(
    page: Page, scripted_window: Served
) -> None:
    answered(page, scripted_window, "This is a crisis.")
    expect(page.locator("#keeping")).to_contain_text("not kept on this device")
    expect(page.locator("#keeping .where")).to_be_hidden()


def test_two_visitors_do_not_see_each_other(new_page: Callable[..., Page], scripted_window: Served) -> None:
    first = answered(new_page(), scripted_window, "The first visitor's question")
    second = answered(new_page(), scripted_window, "What was said earlier?")
    expect(second.locator(f"{ANSWER} .gaps")).to_contain_text("Earlier turns: 0.")
    assert "first visitor" not in second.content()
    expect(first.locator("#chat .asked")).to_have_count(1)


def test_the_end_is_announced_once(page: Page, scripted_window: Served) -> None:
    visit(page, scripted_window)
    page.evaluate(
        """() => {
          window.heard = [];
          new MutationObserver(() => announcer.textContent && heard.push(announcer.textContent))
            .observe(announcer, { childList: true });
        }"""
    )
    ask(page, "Should they keep the mill?")
    expect(page.locator("#announcer")).to_have_text("Answer ready.", timeout=WAIT)
    page.wait_for_timeout(500)
    assert page.evaluate("heard") == ["Answer ready."]
    assert page.locator("#chat [aria-live]:not([aria-live=off])").count() == 0


@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 400), (1920, 1080)])
def test_nothing_scrolls_sideways(
    new_page: Callable[..., Page], real_window: Served, width: int, height: int
) -> None:
    page = visit(new_page(width, height), real_window)
    widths = [page.evaluate("document.documentElement.scrollWidth")]
    ask(page, "Would you call a good therapist a healer?")
    expect(page.locator(ANSWER)).to_be_visible(timeout=WAIT)
    widths.append(page.evaluate("document.documentElement.scrollWidth"))
    page.locator(f"{ANSWER} a.cite").first.click()
    widths.append(page.evaluate("document.documentElement.scrollWidth"))
    widths.append(
        page.locator("#source .source-body").evaluate("e => innerWidth + e.scrollWidth - e.clientWidth")
    )
    assert widths == [width] * 4


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (390, False)])
def test_the_sides_stand_beside_each_other_where_there_is_room(
    new_page: Callable[..., Page], scripted_window: Served, width: int, beside: bool
) -> None:
    page = answered(new_page(width, 844), scripted_window)
    top = "e => e.getBoundingClientRect().top"
    tops = [page.locator(f"{ANSWER} .side.{side}").evaluate(top) for side in ("for", "against")]
    assert (tops[0] == tops[1]) is beside
    # Where the other side is out of sight, the first says that there is one.
    assert page.locator(f"{ANSWER} .side.for .other-side").is_visible() is not beside


def test_dark_is_dark(new_page: Callable[..., Page], scripted_window: Served) -> None:
    page = answered(new_page(color_scheme="dark"), scripted_window)
    shade = page.evaluate("getComputedStyle(document.querySelector('.gradio-container')).backgroundColor")
    assert shade == "rgb(23, 24, 26)"


def test_a_reader_who_wants_no_motion_gets_none(
    new_page: Callable[..., Page], scripted_window: Served
) -> None:
    page = new_page(reduced_motion="reduce")
    ask(visit(page, scripted_window), SLOWLY)
    expect(page.locator("#chat .progress")).to_be_visible(timeout=WAIT)
    motion = "getComputedStyle(document.querySelector('#chat .progress'), '::before').animationName"
    assert page.evaluate(motion) == "none"


def test_help_lines_do_not_end_under_the_question_box(page: Page, real_window: Served) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    answered(page, real_window, "I want to kill myself tonight")
    page.wait_for_function(
        "document.querySelector('#chat .crisis').getBoundingClientRect().bottom"
        " <= document.querySelector('#foot').getBoundingClientRect().top",
        timeout=WAIT,
    )


@pytest.mark.parametrize("button", [".ask-this", "#clear"])
def test_a_button_pressed_by_key_leaves_the_focus_in_the_question_box(
    page: Page, scripted_window: Served, button: str
) -> None:
    visit(page, scripted_window).locator(button).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('#question textarea')", timeout=WAIT)
