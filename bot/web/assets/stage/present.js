// The presentation: keys, clicker, mouse and finger; which slide is shown; blank screen; editing.
import { change, fault, original, questions, slides, start } from "./present_deck.js";
import { follow, remark } from "./present_links.js";
import { fit } from "./present_type.js";

const OVERLAP = 0.85;
const BAR_MS = 2500;
const main = document.getElementById("deck");
const bar = document.getElementById("bar");
const blank = document.getElementById("blank");
const below = document.getElementById("below");
const edit = document.getElementById("edit");
const keys = document.getElementById("keys");
const announcer = document.getElementById("announcer");
let at = 0;
let quotes = null;

const shown = () => slides()[at];
const room = (slide) => slide.scrollHeight - slide.clientHeight - slide.scrollTop;

const hint = () => (below.hidden = room(shown()) < 4);

const link = (name, href) => {
  const anchor = bar.querySelector(name);
  if (href) anchor.href = href;
  else anchor.removeAttribute("href");
  anchor.hidden = !href;
};

const draw = () => {
  const all = slides();
  at = Math.min(Math.max(at, 0), all.length - 1);
  all.forEach((slide, number) => (slide.hidden = number !== at));
  fit(shown(), quotes);
  bar.querySelector(".place").textContent = `${at + 1} of ${all.length}`;
  link(".to-working", shown().dataset.working);
  link(".to-compare", shown().dataset.compare);
  hint();
};

const show = (number, { bottom = false } = {}) => {
  // Quotes are hidden for one slide; to see everything is a wish for all.
  if (number !== at && quotes === false) quotes = null;
  at = number;
  remark("");
  draw();
  shown().scrollTop = bottom ? shown().scrollHeight : 0;
  hint();
  history.replaceState(null, "", `#${at + 1}`);
  shown().focus({ preventScroll: true });
};

const on = () => at < slides().length - 1 && show(at + 1);
const back = () => at > 0 && show(at - 1);

// How far down the first statement lies that the edge of the screen cuts, less the heading that stays.
const cut = (slide) => {
  const frame = slide.getBoundingClientRect();
  const heading = slide.querySelector("h3")?.offsetHeight ?? 0;
  const tops = [...slide.querySelectorAll(".statement, .context, .gaps, .near li")]
    .map((part) => part.getBoundingClientRect())
    .filter((box) => box.bottom > frame.bottom - 2)
    .map((box) => box.top - frame.top - heading);
  const far = slide.clientHeight * OVERLAP;
  const next = Math.min(...tops, far);
  return next > slide.clientHeight / 3 ? next : far;
};

// A long slide is read to its end first, a screen at a time.
const readOn = () => {
  const slide = shown();
  if (room(slide) < 4) on();
  else slide.scrollBy({ top: cut(slide), behavior: "instant" });
};
const readBack = () => {
  const slide = shown();
  if (slide.scrollTop < 4) back();
  else slide.scrollBy({ top: -slide.clientHeight * OVERLAP, behavior: "instant" });
};

const blankScreen = (wanted = blank.hidden) => {
  blank.hidden = !wanted;
  announcer.textContent = wanted ? "The screen is blank. Any key brings it back." : "";
};

const startOver = () => {
  quotes = null;
  blankScreen(false);
  show(0);
};

// The other way than what fits, and back to what fits.
const toggleQuotes = () => {
  quotes = quotes === null ? shown().classList.contains("terse") : null;
  draw();
};

const fullScreen = () => {
  const asked = document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen();
  asked.catch(() => (announcer.textContent = "This browser does not allow full screen here."));
};

const openEdit = () => {
  const area = edit.querySelector("textarea");
  area.value = questions().join("\n");
  edit.querySelector(".fault").textContent = "";
  edit.showModal();
  const before = questions().slice(0, Math.max(at - 1, 0)).join("\n").length;
  area.focus();
  area.setSelectionRange(before, before);
};

// A question from the room: the deck with an empty line after this slide's, to write it on.
const askNow = () => {
  openEdit();
  const area = edit.querySelector("textarea");
  const after = questions().slice(0, at).join("\n").length;
  area.setRangeText(after ? "\n" : area.value && "\n", after, after, "end");
  if (!after) area.setSelectionRange(0, 0);
};

const save = () => {
  const wanted = edit
    .querySelector("textarea")
    .value.split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "))
    .filter(Boolean);
  const wrong = fault(wanted);
  edit.querySelector(".fault").textContent = wrong;
  if (wrong) return;
  const known = questions();
  const fresh = wanted.findIndex((question) => !known.includes(question));
  edit.close();
  change(wanted);
  // What was just written is what the room waits for.
  show(fresh < 0 ? at : fresh + 1);
};

const backToFile = () => {
  edit.close();
  original();
  show(at);
};

const open = (name) => {
  const href = bar.querySelector(name).getAttribute("href");
  if (href) follow(href);
};

const DOES = {
  ArrowRight: on,
  ArrowLeft: back,
  PageDown: readOn,
  PageUp: readBack,
  Home: () => show(0),
  End: () => show(slides().length - 1),
  r: startOver,
  b: () => blankScreen(),
  ".": () => blankScreen(),
  q: toggleQuotes,
  w: () => open(".to-working"),
  e: openEdit,
  a: askNow,
  t: () => document.dispatchEvent(new Event("day-night")),
  f: fullScreen,
  "?": () => keys.showModal(),
};

const busy = (target) =>
  edit.open || keys.open || target.closest("input, textarea, select, #source[open]") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
  if (!blank.hidden) {
    event.preventDefault();
    blankScreen(false);
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const pressed = event.target.closest("button, a[href]");
  if (key === " " && !pressed) {
    event.preventDefault();
    (event.shiftKey ? readBack : readOn)();
  } else if ((key === "ArrowDown" && room(shown()) < 4) || (key === "ArrowUp" && shown().scrollTop < 4)) {
    event.preventDefault();
    if (!event.repeat) (key === "ArrowDown" ? on : back)();
  } else if (DOES[key]) {
    event.preventDefault();
    DOES[key]();
  }
});

const CLICKS = {
  back,
  on,
  "start-over": startOver,
  "blank-screen": () => blankScreen(),
  quotes: toggleQuotes,
  "ask-now": askNow,
  edit: openEdit,
  "full-screen": fullScreen,
  keys: () => keys.showModal(),
};
bar.addEventListener("click", (event) => {
  const away = event.target.closest("a[href]");
  if (away) {
    event.preventDefault();
    follow(away.getAttribute("href"));
  }
  const button = event.target.closest("button");
  if (!button) return;
  CLICKS[button.className]?.();
  // By mouse, the keys that follow are meant for the slides.
  if (event.detail > 0 && !edit.open && !keys.open) shown().focus({ preventScroll: true });
});
edit.querySelector(".save").addEventListener("click", save);
edit.querySelector(".original").addEventListener("click", backToFile);
edit.querySelector(".cancel").addEventListener("click", () => edit.close());
blank.addEventListener("click", () => blankScreen(false));

let still = null;
document.addEventListener("pointermove", () => {
  document.body.classList.add("stirred");
  clearTimeout(still);
  still = setTimeout(() => document.body.classList.remove("stirred"), BAR_MS);
});

const asked = () => (Number(location.hash.slice(1)) || 1) - 1;
// An address changed by hand; a slide's own change of it sends no such event.
addEventListener("hashchange", () => asked() !== at && show(asked()));
addEventListener("resize", draw);
main.addEventListener("scroll", hint, true);
main.addEventListener("slides", draw);
start();
show(asked());
