// The panel that shows the whole text: a citation opens it at its quote, Escape leads back.
"use strict";
window.counterpoint ??= {};
(() => {
  const CITATION = /^#((?:A\d+|C\d+(?:\.\d+)*))(?:~(\d+)~(\d+))?$/;
  const beside = matchMedia("(min-width: 68rem)");
  let origin = null;
  // The quotes of the answer whose citation was followed, in its order, and which of them is lit.
  let quotes = [];
  let at = -1;

  const panel = () => document.getElementById("source");
  const part = (selector) => panel().querySelector(selector);

  const unmark = () => {
    panel().querySelectorAll("mark").forEach((mark) => {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    });
    panel().querySelectorAll(".lit, .cited").forEach((passage) => {
      passage.classList.remove("lit", "cited");
      passage.removeAttribute("aria-describedby");
    });
  };

  // Offsets count characters as Python does, so signs outside the basic plane count once.
  const pieces = (paragraph) => {
    const found = [];
    let at = Number(paragraph.dataset.from);
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeName === "BR") at += 1;
      if (node.nodeType !== Node.TEXT_NODE) continue;
      const signs = [...node.data];
      found.push({ node, signs, from: at });
      at += signs.length;
    }
    return found;
  };

  const mark = ({ id, start, end }, kind) => {
    for (const paragraph of document.getElementById(id).querySelectorAll("p[data-from]")) {
      for (const { node, signs, from } of pieces(paragraph)) {
        const first = Math.max(start - from, 0);
        const last = Math.min(end - from, signs.length);
        if (first >= last) continue;
        const range = document.createRange();
        range.setStart(node, signs.slice(0, first).join("").length);
        range.setEnd(node, signs.slice(0, last).join("").length);
        const around = document.createElement("mark");
        around.className = kind;
        range.surroundContents(around);
      }
    }
  };

  // A passage may be longer than the window, so it is its quote that is brought to the upper third.
  const bringIntoView = (rectangle) => {
    const body = part(".source-body");
    const above = rectangle.top - body.getBoundingClientRect().top;
    body.scrollTo({ top: body.scrollTop + above - body.clientHeight * 0.25, behavior: "instant" });
  };

  // The answers are laid out anew beside the panel; what was being read stays where it was.
  const holding = (element, work) => {
    const before = element?.getBoundingClientRect().top;
    const seen = before >= 0 && before < innerHeight;
    work();
    if (!seen || !element.isConnected) return;
    scrollBy({ top: element.getBoundingClientRect().top - before, behavior: "instant" });
  };

  const open = () => {
    if (panel().open) return;
    if (beside.matches) panel().show();
    else panel().showModal();
    document.body.classList.add("reading");
    window.counterpoint.textOpened();
  };

  const same = (one, other) => one.id === other.id && one.start === other.start && one.end === other.end;

  const targetOf = (link) => {
    const found = CITATION.exec(link.getAttribute("href") ?? "");
    if (!found || !document.getElementById(found[1])) return null;
    return { id: found[1], start: Number(found[2] ?? 0), end: Number(found[3] ?? 0) };
  };

  // All that the answer cites is marked, and what was followed is lit.
  const light = (target) => {
    const passage = document.getElementById(target.id);
    unmark();
    for (const quote of quotes) {
      document.getElementById(quote.id).classList.add("cited");
      if (!same(quote, target)) mark(quote, "also");
    }
    passage.classList.add("lit");
    mark(target, "now");
    const now = passage.querySelector("mark.now");
    if (now) {
      now.id = "source-quote";
      passage.setAttribute("aria-describedby", "source-quote");
    }
    passage.focus({ preventScroll: true });
    bringIntoView((now ?? passage).getBoundingClientRect());
    tellPlace(passage);
  };

  const tellPlace = (passage) => {
    part(".source-citations").hidden = at < 0;
    if (at < 0) return;
    part(".which").textContent = `Quote ${at + 1} of ${quotes.length}:`;
    part(".where").textContent = `${passage.id}, ${passage.dataset.where}`;
    // Not `disabled`, which would take the focus away from the button just pressed.
    part(".citation-previous").setAttribute("aria-disabled", at === 0);
    part(".citation-next").setAttribute("aria-disabled", at === quotes.length - 1);
  };

  const step = (by) => {
    if (!quotes[at + by]) return;
    const pressed = document.activeElement;
    at += by;
    light(quotes[at]);
    if (pressed.closest?.(".source-citations")) pressed.focus();
  };

  // A link may have been drawn anew since it was followed; its twin then takes the focus.
  const twin = (link) => {
    if (link.isConnected) return link;
    return document.querySelector(`#chat a.cite[href="${CSS.escape(link.getAttribute("href") ?? "")}"]`);
  };

  const closed = () => {
    const back = origin && (twin(origin) ?? document.querySelector("#question textarea"));
    holding(back, () => document.body.classList.remove("reading"));
    unmark();
    quotes = [];
    at = -1;
    part(".source-citations").hidden = true;
    origin = null;
    window.counterpoint.returning = true;
    back?.focus({ preventScroll: true });
    window.counterpoint.returning = false;
    back?.scrollIntoView({ block: "nearest" });
  };

  const follow = (link, event) => {
    const target = targetOf(link);
    if (!target) return;
    event.preventDefault();
    const answer = link.closest("#chat .answer");
    if (answer) {
      origin = link;
      const cited = [...answer.querySelectorAll("a.cite")].map(targetOf).filter(Boolean);
      quotes = cited.filter((quote, number) => cited.findIndex((other) => same(quote, other)) === number);
    }
    at = quotes.findIndex((quote) => same(quote, target));
    holding(link, open);
    light(target);
  };

  const browse = (button) => {
    origin = button;
    holding(document.elementFromPoint(innerWidth / 4, innerHeight / 3), open);
    part(".source-body").focus();
  };

  const askAbout = (button) => {
    const byKey = document.activeElement === button && button.matches(":focus-visible");
    if (!beside.matches) {
      origin = null;
      panel().close();
    }
    window.counterpoint.ask(button.dataset.question);
    if (byKey) document.querySelector("#question textarea").focus();
  };

  const acts = [
    [".source-close", () => panel().close()],
    [".open-source", browse],
    [".citation-previous", () => step(-1)],
    [".citation-next", () => step(1)],
    [".ask-about", askAbout],
    ["a[href^='#source-']", (link, event) => {
      event.preventDefault();
      bringIntoView(document.getElementById(link.getAttribute("href").slice(1)).getBoundingClientRect());
    }],
    ["a[href^='#']", follow],
  ];

  document.addEventListener(
    "click",
    (event) => {
      for (const [selector, act] of acts) {
        const from = event.target.closest?.(selector);
        if (from) return act(from, event);
      }
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !panel()?.open) return;
    event.preventDefault();
    panel().close();
  });
  // `close` does not bubble, and the panel is not there yet.
  document.addEventListener("close", (event) => event.target === panel() && closed(), true);

  window.counterpoint.bringIntoView = bringIntoView;
})();
