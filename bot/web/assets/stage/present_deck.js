// The deck: its slides in the page, the questions as this device changed them, and answers still to come.
import { prepare } from "./present_type.js";

const UNREACHED = "No answer came: the guide cannot be reached. The slides that are answered stay here.";
const WAITING = "The answer is being made and checked.";
const MOST = 60;

const main = document.getElementById("deck");
const NAME = `counterpoint-deck-${main.dataset.collection}`;
const longest = Number(main.dataset.longest);

export const slides = () => [...main.querySelectorAll(".slide")];
const answered = () => slides().filter((slide) => slide.dataset.question !== undefined);
export const questions = () => answered().map((slide) => slide.dataset.question);
const ofTheFile = questions();

const stored = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME));
    return Array.isArray(kept) && kept.length && kept.every((each) => typeof each === "string") ? kept : null;
  } catch {
    // Refused or unreadable: the deck of the file it is.
    return null;
  }
};

const store = (kept) => {
  try {
    if (kept) localStorage.setItem(NAME, JSON.stringify(kept));
    else localStorage.removeItem(NAME);
  } catch { /* Refused: the change lasts as long as the page. */ }
};

// Words of somebody in a crisis, which the answer tells by its class, do not stay on this device.
const forget = (slide) => {
  const kept = slide.querySelector(".crisis") && stored()?.filter((each) => each !== slide.dataset.question);
  if (kept) store(kept.length ? kept : null);
};

const empty = (question) => {
  const slide = document.createElement("section");
  slide.className = "slide unanswered";
  slide.tabIndex = -1;
  slide.hidden = true;
  slide.dataset.question = question;
  slide.setAttribute("aria-label", question);
  const asked = document.createElement("h2");
  asked.className = "asked";
  asked.textContent = question;
  const body = document.createElement("div");
  body.className = "body";
  slide.append(asked, body);
  say(slide, WAITING);
  return slide;
};

const say = (slide, sentence, again = false) => {
  const body = slide.querySelector(".body");
  const line = document.createElement("p");
  line.className = "waiting";
  line.textContent = sentence;
  body.replaceChildren(line);
  if (!again) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "again";
  button.textContent = "Try again";
  button.addEventListener("click", () => fill(slide));
  body.append(button);
};

const changed = () => main.dispatchEvent(new Event("slides"));

const fill = async (slide) => {
  say(slide, WAITING);
  changed();
  let reply = null;
  try {
    reply = await fetch("/present/slide", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question: slide.dataset.question }),
    });
    const text = await reply.text();
    if (!slide.isConnected) return;
    if (reply.ok) {
      const holder = document.createElement("template");
      holder.innerHTML = text;
      const whole = holder.content.firstElementChild;
      whole.hidden = slide.hidden;
      slide.replaceWith(whole);
      prepare(whole);
      forget(whole);
    } else say(slide, text, true);
  } catch {
    say(slide, UNREACHED, true);
  }
  changed();
};

// One after the other: a room's own machine has the questions of its visitors to answer as well.
export const fillAll = async () => {
  for (const slide of answered()) if (slide.classList.contains("unanswered")) await fill(slide);
};

const lay = (wanted) => {
  const known = new Map(answered().map((slide) => [slide.dataset.question, slide]));
  answered().forEach((slide) => slide.remove());
  main.append(...wanted.map((question) => known.get(question) ?? empty(question)));
  slides().forEach(prepare);
  changed();
};

// What is wrong with a list of questions, in one sentence; "" where it can be used.
export const fault = (wanted) => {
  if (!wanted.length) return "Write at least one question.";
  if (wanted.length > MOST) return `A deck holds ${MOST} questions at most.`;
  const long = wanted.findIndex((question) => question.length > longest);
  if (long >= 0) return `Question ${long + 1} is longer than ${longest} characters: shorten it.`;
  const twice = wanted.find((question, at) => wanted.indexOf(question) !== at);
  return twice ? `“${twice}” stands there twice: take one out.` : "";
};

export const change = (wanted) => {
  store(JSON.stringify(wanted) === JSON.stringify(ofTheFile) ? null : wanted);
  lay(wanted);
  return fillAll();
};

export const original = () => change(ofTheFile);

export const start = () => {
  lay(stored() ?? ofTheFile);
  return fillAll();
};
