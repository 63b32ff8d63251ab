// How large a slide's type can be: as large as fits, quotes left out before it gets too small to read,
// and then statements, which are counted and linked instead.
const WITH_QUOTES = [2.6, 2.4, 2.2, 2.05];
const WITHOUT = [2.6, 2.4, 2.2, 2.05, 1.9, 1.75, 1.68];
const phone = matchMedia("(max-width: 56rem)");

const fits = (slide) => slide.scrollHeight <= slide.clientHeight;

const set = (slide, size, terse) => {
  slide.style.setProperty("--type", `max(1.25rem, ${size} * min(1vw, 1.6vh))`);
  slide.classList.toggle("terse", terse);
  return fits(slide);
};

const shownIn = (section) => [...section.querySelectorAll(".statement:not([hidden])")];
const bottomOf = (section) => shownIn(section).at(-1)?.getBoundingClientRect().bottom ?? 0;
const speakerOf = (statement) => statement.querySelector(".speaker")?.textContent;

const showAll = (slide) => {
  slide.querySelectorAll(".rest").forEach((line) => line.remove());
  slide.querySelectorAll(".statement[hidden]").forEach((statement) => (statement.hidden = false));
};

// What can best be spared: context first, then, on the side that reaches lowest, what a voice says
// besides, then the last voice. A side keeps one statement, and so does an answer without sides.
const spare = (slide) => {
  const sides = [...slide.querySelectorAll(".side")].filter((side) => shownIn(side).length);
  const context = [...slide.querySelectorAll(".context")].flatMap(shownIn);
  if (context.length > (sides.length ? 0 : 1)) return context.at(-1);
  const lowest = sides.sort((one, other) => bottomOf(other) - bottomOf(one))[0];
  const said = lowest ? shownIn(lowest) : [];
  const besides = said.filter((each, at) => said.slice(0, at).some((other) => speakerOf(other) === speakerOf(each)));
  return besides.at(-1) ?? (said.length > 1 ? said.at(-1) : undefined);
};

// One line for what a section leaves out: how many, and where each stands.
const tellRest = (section) => {
  section.querySelector(".rest")?.remove();
  const left = [...section.querySelectorAll(".statement[hidden]")];
  if (!left.length) return;
  const line = document.createElement("p");
  line.className = "rest";
  const alone = left.length === 1 ? "1 statement:" : `${left.length} statements:`;
  line.textContent = shownIn(section).length ? `${left.length} more:` : alone;
  const links = left.flatMap((each) => [...each.querySelectorAll("blockquote .cite")]);
  const twice = (link, at) => links.findIndex((other) => other.textContent === link.textContent) !== at;
  for (const link of links.filter((each, at) => !twice(each, at))) line.append(" ", link.cloneNode(true));
  section.append(line);
};

const spareUntilItFits = (slide) => {
  for (let least = spare(slide); least && !fits(slide); least = spare(slide)) {
    least.hidden = true;
    tellRest(least.closest(".side, .context"));
  }
  return fits(slide);
};

// `quotes`: true and false are the facilitator's wish, all of it with and without quotes; null leaves
// it to what fits.
export const fit = (slide, quotes) => {
  showAll(slide);
  if (phone.matches) {
    slide.style.removeProperty("--type");
    slide.classList.toggle("terse", quotes === false);
    return;
  }
  const smallest = WITHOUT.at(-1);
  if (quotes === true) void (WITHOUT.some((size) => set(slide, size, false)) || set(slide, smallest, false));
  else if ((quotes === false || !WITH_QUOTES.some((size) => set(slide, size, false))) &&
    !WITHOUT.some((size) => set(slide, size, true))) {
    set(slide, smallest, true);
    if (quotes === null) spareUntilItFits(slide);
  }
};

// A statement keeps its citation where its quote is left out; one that is only its quote keeps that.
export const prepare = (slide) => {
  for (const statement of slide.querySelectorAll(".statement")) {
    const said = statement.querySelector(".said");
    const speaker = statement.querySelector(".speaker");
    const ownWords = !said || said.textContent.trim() === speaker?.textContent.trim();
    statement.classList.toggle("own-words", ownWords);
    if (ownWords || said.querySelector(".cite")) continue;
    for (const link of statement.querySelectorAll("blockquote .cite")) {
      const twin = link.cloneNode(true);
      twin.classList.add("beside");
      said.append(" ", twin);
    }
  }
};
