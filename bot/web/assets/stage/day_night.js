// Day or night: as this device has it, unless someone chose otherwise here.
"use strict";
(() => {
  const NAME = "counterpoint-day-night";
  const night = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  // A browser may refuse its storage; the choice then lasts as long as the page.
  try { chosen = localStorage.getItem(NAME); } catch { /* refused */ }

  const draw = () => document.body.classList.toggle("dark", chosen ? chosen === "night" : night.matches);
  draw();
  night.addEventListener("change", draw);

  document.addEventListener("day-night", () => {
    chosen = document.body.classList.contains("dark") ? "day" : "night";
    try { localStorage.setItem(NAME, chosen); } catch { /* refused */ }
    draw();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("button.day-night")) document.dispatchEvent(new Event("day-night"));
  });
})();
