// What a citation says before it is followed: who speaks, where, and the quote among the words around it.
"use strict";
(() => {
  const AROUND = 90;
  const DELAY = 250;
  const CITATION = /^#((?:A\d+|C\d+(?:\.\d+)*))~(\d+)~(\d+)$/;
  const tip = document.createElement("div");
  tip.id = "citation-tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  let link = null;
  let waiting = 0;
  let pointer = "";

  // The passage's text from the panel, by characters as Python counts them.
  const signsOf = (passage) => {
    const signs = [];
    for (const paragraph of passage.querySelectorAll("p[data-from]")) {
      const from = Number(paragraph.dataset.from);
      while (signs.length < from) signs.push(" ");
      const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.nodeName === "BR") signs.push(" ");
        if (node.nodeType === Node.TEXT_NODE) signs.push(...node.data);
      }
    }
    return signs;
  };

  const fill = () => {
    const [, id, start, end] = CITATION.exec(link.getAttribute("href")) ?? [];
    const passage = id && document.getElementById(id);
    if (!passage) return false;
    const signs = signsOf(passage);
    const before = signs.slice(Math.max(0, start - AROUND), start).join("");
    const after = signs.slice(end, Number(end) + AROUND).join("");
    const quote = document.createElement("mark");
    quote.textContent = signs.slice(start, end).join("");
    const where = document.createElement("p");
    where.className = "where";
    where.textContent = `${passage.getAttribute("aria-label")}, ${passage.dataset.where}`;
    const words = document.createElement("p");
    words.append(
      start > AROUND ? `… ${before.replace(/^\S*\s/, "")}` : before,
      quote,
      signs.length > Number(end) + AROUND ? `${after.replace(/\s\S*$/, "")} …` : after,
    );
    tip.replaceChildren(where, words);
    return true;
  };

  const put = () => {
    const at = link.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = tip;
    const floor = document.getElementById("foot")?.getBoundingClientRect().top ?? innerHeight;
    const below = at.bottom + 6 + height < floor || at.top < height + 6;
    tip.style.left = `${Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8))}px`;
    tip.style.top = `${below ? at.bottom + 6 : at.top - height - 6}px`;
  };

  const hide = () => {
    clearTimeout(waiting);
    link?.removeAttribute("aria-describedby");
    link = null;
    tip.hidden = true;
  };

  const show = (over) => {
    if (over === link) return clearTimeout(waiting);
    hide();
    link = over;
    if (!fill()) return hide();
    tip.hidden = false;
    link.setAttribute("aria-describedby", tip.id);
    put();
  };

  const cited = (target) => target.closest?.("#chat a.cite");

  const later = (act, delay) => {
    clearTimeout(waiting);
    waiting = setTimeout(act, delay);
  };

  document.addEventListener("focusin", (event) => {
    const over = cited(event.target);
    if (over && over.matches(":focus-visible") && !window.counterpoint.returning) show(over);
    else if (!over) hide();
  });
  const placeOf = (event) => `${Math.floor(event.clientX)} ${Math.floor(event.clientY)}`;
  for (const kind of ["pointermove", "pointerup"]) {
    document.addEventListener(kind, (event) => (pointer = placeOf(event)), { passive: true });
  }
  document.addEventListener("pointerover", (event) => {
    // A pointer that lies still points at nothing: the page moved under it.
    if (event.pointerType === "touch" || placeOf(event) === pointer) return;
    const over = cited(event.target);
    if (over) later(() => show(over), DELAY);
    else if (event.target.closest?.("#citation-tip")) clearTimeout(waiting);
    else if (link && document.activeElement !== link) later(hide, DELAY);
    else if (!link) clearTimeout(waiting);
  });
  document.addEventListener("click", (event) => !event.target.closest?.("#citation-tip") && hide(), true);
  document.addEventListener("scroll", () => link && (link.isConnected ? put() : hide()), true);
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || tip.hidden) return;
      hide();
      event.preventDefault();
    },
    true,
  );

  const start = () => document.body.append(tip);
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
