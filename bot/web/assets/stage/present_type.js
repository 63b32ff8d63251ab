// How large a slide's type can be: as large as fits, quotes left out before it gets too small to read.
const WITH_QUOTES = [2.6, 2.4, 2.2, 2.05];
const WITHOUT = [2.6, 2.4, 2.2, 2.05, 1.9, 1.75, 1.68];
const phone = matchMedia("(max-width: 56rem)");

const fits = (slide) => slide.scrollHeight <= slide.clientHeight;

const set = (slide, size, terse) => {
  slide.style.setProperty("--type", `max(1.25rem, ${size} * min(1vw, 1.6vh))`);
  slide.classList.toggle("terse", terse);
  return fits(slide);
};

// `quotes`: true and false are the facilitator's wish, null leaves it to what fits.
export const fit = (slide, quotes) => {
  if (phone.matches) {
    slide.style.removeProperty("--type");
    slide.classList.toggle("terse", quotes === false);
    return;
  }
  const smallest = WITHOUT.at(-1);
  if (quotes === true) void (WITHOUT.some((size) => set(slide, size, false)) || set(slide, smallest, false));
  else if (quotes === false || !WITH_QUOTES.some((size) => set(slide, size, false)))
    void (WITHOUT.some((size) => set(slide, size, true)) || set(slide, smallest, true));
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
