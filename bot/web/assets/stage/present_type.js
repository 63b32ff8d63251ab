// How large a slide's type can be: as large as fits, quotes left out before it gets too small to read,
// and then statements, which are counted and linked instead. Sizes are hundredths of `--step`, in present.css.
const LARGEST = 340;
const WITH_QUOTES = 205;
const SMALLEST = 168;
const FINE = 3;
const phone = matchMedia("(max-width: 56rem)");

// So that a citation never stands alone on a line.
const NO_BREAK = "\u00a0";
const sameLink = (one, other) => one.getAttribute("href") === other.getAttribute("href");

const fits = (slide) => slide.scrollHeight <= slide.clientHeight;

const set = (slide, size, terse) => {
  slide.style.setProperty("--type", `max(1.25rem, ${size / 100} * var(--step))`);
  slide.classList.toggle("terse", terse);
  return fits(slide);
};

// The largest size from `least` up at which the slide fits; false, and the least one set, where none does.
const grow = (slide, least, terse) => {
  let low = least;
  let high = LARGEST;
  if (!set(slide, low, terse)) return false;
  while (high - low > FINE) {
    const middle = Math.round((low + high) / 2);
    if (set(slide, middle, terse)) low = middle;
    else high = middle;
  }
  return set(slide, low, terse);
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
  const once = links.filter((each, at) => !twice(each, at));
  once.forEach((link, at) => line.append(at ? " " : NO_BREAK, link.cloneNode(true)));
  section.append(line);
};

const spareUntilItFits = (slide) => {
  for (let least = spare(slide); least && !fits(slide); least = spare(slide)) {
    least.hidden = true;
    tellRest(least.closest(".side, .context"));
  }
  return fits(slide);
};

// `quotes`: true and false are the facilitator's wish, all of it, or no quotes; null leaves it to what fits.
export const fit = (slide, quotes) => {
  showAll(slide);
  if (phone.matches) {
    slide.style.removeProperty("--type");
    slide.classList.toggle("terse", quotes === false);
    return;
  }
  if (quotes === true) return void grow(slide, SMALLEST, false);
  if (quotes === null && grow(slide, WITH_QUOTES, false)) return;
  // What is spared leaves room, which the type then takes.
  if (!grow(slide, SMALLEST, true) && spareUntilItFits(slide)) grow(slide, SMALLEST, true);
};

// Two quotes of one passage in one statement: their links would look like one link twice.
const tellApart = (links) => {
  for (const link of links) {
    const twins = links.filter((other) => other.textContent === link.textContent);
    if (twins.length > 1) twins.forEach((twin, at) => (twin.textContent += ` · ${at + 1}`));
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
    const links = [...statement.querySelectorAll("blockquote .cite")];
    const twins = links.filter((link, at) => links.findIndex((other) => sameLink(link, other)) === at);
    const beside = twins.map((link) => link.cloneNode(true));
    tellApart(beside);
    for (const link of beside) {
      link.classList.add("beside");
      said.append(NO_BREAK, link);
    }
  }
};
