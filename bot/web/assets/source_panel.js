// The panel that shows the whole text: a citation opens it at its passage, Escape leads back.
"use strict";
(() => {
  const CITATION = /^#((?:A\d+|C\d+(?:\.\d+)*))(?:~(\d+)~(\d+))?$/;
  const beside = matchMedia("(min-width: 68rem)");
  let origin = null;

  const panel = () => document.getElementById("source");

  const unmark = () => {
    panel().querySelectorAll("mark").forEach((mark) => {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    });
    panel().querySelectorAll(".lit").forEach((passage) => passage.classList.remove("lit"));
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

  const mark = (passage, start, end) => {
    for (const paragraph of passage.querySelectorAll("p[data-from]")) {
      for (const { node, signs, from } of pieces(paragraph)) {
        const first = Math.max(start - from, 0);
        const last = Math.min(end - from, signs.length);
        if (first >= last) continue;
        const range = document.createRange();
        range.setStart(node, signs.slice(0, first).join("").length);
        range.setEnd(node, signs.slice(0, last).join("").length);
        range.surroundContents(document.createElement("mark"));
      }
    }
  };

  const open = () => {
    if (panel().open) return;
    if (beside.matches) panel().show();
    else panel().showModal();
    document.body.classList.add("reading");
  };

  const light = (id, start, end) => {
    const passage = document.getElementById(id);
    unmark();
    passage.classList.add("lit");
    if (end > start) mark(passage, start, end);
    passage.focus({ preventScroll: true });
    (passage.querySelector("mark") ?? passage).scrollIntoView({ block: "center" });
  };

  // A link may have been drawn anew since it was followed; its twin then takes the focus.
  const twin = (link) => {
    if (link.isConnected) return link;
    return document.querySelector(`#chat a.cite[href="${CSS.escape(link.getAttribute("href") ?? "")}"]`);
  };

  const closed = () => {
    document.body.classList.remove("reading");
    unmark();
    const back = origin && (twin(origin) ?? document.querySelector("#question textarea"));
    origin = null;
    back?.focus();
    back?.scrollIntoView({ block: "nearest" });
  };

  const follow = (link, event) => {
    const target = CITATION.exec(link.getAttribute("href") ?? "");
    if (!target || !document.getElementById(target[1])) return;
    event.preventDefault();
    if (!panel().contains(link)) origin = link;
    open();
    light(target[1], Number(target[2] ?? 0), Number(target[3] ?? 0));
  };

  document.addEventListener(
    "click",
    (event) => {
      const from = event.target.closest?.("a[href^='#'], .open-source, .source-close");
      if (!from) return;
      if (from.matches(".source-close")) panel().close();
      else if (from.matches(".open-source")) {
        origin = from;
        open();
        panel().querySelector(".source-body").focus();
      } else if (/^#source-/.test(from.getAttribute("href"))) {
        event.preventDefault();
        document.getElementById(from.getAttribute("href").slice(1)).scrollIntoView();
      } else follow(from, event);
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !panel()?.open) return;
    event.preventDefault();
    panel().close();
  });
  // `close` does not bubble, and the panel is not there yet.
  document.addEventListener("close", (event) => event.target === panel() && closed(), true);
})();
