"""A visitor's markup in every place that shows a question: it stays text, and nothing is fetched or run.

The page of each test fails on any request that leaves this machine, and on any that the browser had to stop.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Served
from tests.web.test_talk import reopened
from tests.web.test_window import ANSWER, WAIT, ask, visit

EVIL = (
    "<img src=x onerror='window.ran=1'> ![beacon](http://evil.example/b.png) "
    "<script>window.ran=1</script> [fines](javascript:window.ran=1) "
    "<style>@import 'http://evil.example/c.css'</style> Should the library stop charging for late books?"
)


def asked(page: Page, served: Served) -> Page:
    ask(visit(page, served), EVIL)
    expect(page.locator(ANSWER)).to_be_visible(timeout=WAIT)
    return page


MADE = "img, script, iframe, style, a[href^='javascript']"


def untouched(page: Page, where: str) -> None:
    """The words stand there letter for letter, and made nothing."""
    expect(page.locator(where).first).to_contain_text(EVIL)
    assert page.locator(where).first.locator("*").count() == 0
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None


def saved(page: Page, kind: str, to: Path) -> Path:
    with page.expect_download() as coming:
        page.locator(f"[data-save={kind}]").click()
    coming.value.save_as(to)
    return to


def test_in_the_conversation_and_after_a_reload(page: Page, stage_window: Served) -> None:
    untouched(asked(page, stage_window), "#chat .asked")
    untouched(reopened(page), "#chat .asked")
    assert page.locator("#chat .message").locator(MADE).count() == 0


def test_in_the_box_when_it_is_edited(page: Page, stage_window: Served) -> None:
    asked(page, stage_window).locator("#chat a.act[href='#edit']").click()
    expect(page.locator("#question textarea")).to_have_value(EVIL)


def test_in_the_working_and_what_is_broken_on_purpose(page: Page, stage_window: Served) -> None:
    link = asked(page, stage_window).locator("#chat a.show-working").get_attribute("href")
    page.goto(f"{stage_window.url}{link}")
    untouched(page, ".working .asked")
    page.get_by_text("Or write it wrong yourself").click()
    page.locator("#break-own [name=text]").fill(EVIL)
    page.locator("#break-own [name=quote]").fill(EVIL)
    page.locator("#break-own button").click()
    expect(page.locator("#break-result .outcome")).to_be_visible(timeout=WAIT)
    assert page.locator("main").locator(MADE).count() == 0


def test_in_a_saved_page_that_is_opened_elsewhere(
    new_page: Callable[..., Page], stage_window: Served, tmp_path: Path
) -> None:
    path = saved(asked(new_page(), stage_window), "page", tmp_path / "saved.html")
    page = new_page()
    page.goto(path.as_uri())
    untouched(page, "h2")
    assert page.locator("main").locator(MADE).count() == 0


def test_in_saved_markdown_no_picture_and_no_link_is_made(
    page: Page, stage_window: Served, tmp_path: Path
) -> None:
    text = saved(asked(page, stage_window), "markdown", tmp_path / "saved.md").read_text("utf-8")
    assert "beacon" in text
    for opening in ("![beacon]", "](javascript:", "](http://evil", "<img", "<script", "<style"):
        assert opening not in text.replace(f"\\{opening}", "")


@pytest.mark.parametrize("path", ["/compare#", "/#", "/present#"])
def test_in_an_address(page: Page, stage_window: Served, path: str) -> None:
    page.goto(f"{stage_window.url}{path}{quote(EVIL)}")
    page.wait_for_timeout(1500)
    assert page.evaluate("window.ran") is None
    assert page.locator("main, #chat").locator("img, iframe, style").count() == 0


def test_in_the_find_box(page: Page, stage_window: Served) -> None:
    visit(page, stage_window).locator(".open-source").click()
    page.fill("#source-query", EVIL)
    expect(page.locator(".found")).to_have_text("No match")
    assert page.locator("#source img").count() == 0
