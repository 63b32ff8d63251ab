// Breaking a statement on purpose: what is planted or written is checked on the server, live.
const section = document.getElementById("break");
const result = document.getElementById("break-result");
const UNREACHED = "The guide cannot be reached, so nothing was checked. Start it again and reload this page.";

const post = async (part, sent) => {
  try {
    const reply = await fetch(`${location.pathname}/${part}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(sent),
    });
    const text = await reply.text();
    if (reply.ok) result.innerHTML = text;
    else result.textContent = text;
  } catch {
    result.textContent = UNREACHED;
  }
  result.scrollIntoView({ block: "nearest" });
};

if (section) {
  const which = document.getElementById("break-which");
  const form = document.getElementById("break-own");
  const statements = document.getElementById("break-statements").children;
  const turns = {};

  const takeUp = () => {
    const { voice, text, quote } = statements[which.selectedIndex].dataset;
    form.elements.voice.value = voice;
    form.elements.text.value = text;
    form.elements.quote.value = quote;
    result.replaceChildren();
  };
  which.addEventListener("change", takeUp);
  takeUp();

  section.addEventListener("click", (event) => {
    const breakage = event.target.closest(".breaks")?.dataset.breakage;
    if (!breakage) return;
    turns[breakage] = (turns[breakage] ?? -1) + 1;
    post("break", { statement: which.selectedIndex, breakage, turn: turns[breakage] });
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    post("check", { statement: which.selectedIndex, ...Object.fromEntries(new FormData(form)) });
  });
}
