// The find box of the text: every match lit, how many there are, and the way from one to the next.
"use strict";
(() => {
  const SHORTEST = 2;
  let matches = [];
  let at = -1;
  // Where one was reading when the search began, and where the search last left the text.
  let reading = 0;
  let left = -1;

  const box = () => document.getElementById("source-query");
  const body = () => document.querySelector("#source .source-body");

  // One sign for one, so that places in the folded text are places in the text.
  const folded = (text) => {
    const plain = text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/[–—]/g, "-").replace(/\s/g, " ");
    const lower = plain.toLowerCase();
    return lower.length === plain.length ? lower : plain;
  };

  // The paragraph's text in one string, a line break as a space, and where each of its nodes begins in it.
  const textOf = (paragraph) => {
    const nodes = [];
    let text = "";
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeName === "BR") text += " ";
      if (node.nodeType !== Node.TEXT_NODE) continue;
      nodes.push({ node, from: text.length });
      text += node.data;
    }
    return { nodes, text: folded(text) };
  };

  const place = (nodes, offset, asEnd) => {
    const { node, from } = nodes.findLast((each) => (asEnd ? each.from < offset : each.from <= offset));
    return [node, Math.min(offset - from, node.length)];
  };

  const rangesIn = (paragraph, query) => {
    const { nodes, text } = textOf(paragraph);
    const found = [];
    for (let start = text.indexOf(query); start >= 0; start = text.indexOf(query, start + query.length)) {
      const range = document.createRange();
      range.setStart(...place(nodes, start, false));
      range.setEnd(...place(nodes, start + query.length, true));
      found.push(range);
    }
    return found;
  };

  const paint = (name, ranges) => {
    if (!CSS.highlights) return;
    if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges));
    else CSS.highlights.delete(name);
  };

  const show = () => {
    const find = document.querySelector(".source-find");
    const asked = folded(box().value.trim()).length >= SHORTEST;
    paint("found", matches);
    paint("found-now", matches[at] ? [matches[at]] : []);
    find.querySelector(".found").textContent = matches.length ? `${at + 1} of ${matches.length}` : asked ? "No match" : "";
    find.querySelectorAll("button").forEach((button) => (button.disabled = !matches.length));
    if (matches[at]) {
      window.counterpoint.bringIntoView(matches[at].getBoundingClientRect());
      left = body().scrollTop;
    }
  };

  const look = () => {
    const query = folded(box().value.trim());
    const places = query.length < SHORTEST ? [] : body().querySelectorAll("p[data-from], h4");
    matches = [...places].flatMap((paragraph) => rangesIn(paragraph, query));
    // Every letter more is looked for from the same place: matches of the first letters lead elsewhere.
    if (body().scrollTop !== left) reading = body().scrollTop;
    const top = body().getBoundingClientRect().top - body().scrollTop + reading;
    at = Math.max(matches.findIndex((range) => range.getBoundingClientRect().bottom >= top), matches.length ? 0 : -1);
    show();
  };

  const step = (by) => {
    if (!matches.length) return;
    // A citation followed in between has cut the text anew.
    if (!matches[at].getBoundingClientRect().height) look();
    at = (at + by + matches.length) % matches.length;
    show();
    reading = left;
  };

  const clear = () => {
    box().value = "";
    look();
  };

  document.addEventListener("input", (event) => event.target === box() && look());
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".found-next")) step(1);
    if (event.target.closest?.(".found-previous")) step(-1);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== box()) return;
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    // The first Escape empties the box, the next one closes the text.
    else if (event.key === "Escape" && box().value) clear();
    else return;
    event.preventDefault();
  });
  document.addEventListener("close", (event) => event.target.id === "source" && clear(), true);
})();
