// One question to both models at once; each column fills as soon as its own answer is checked.
const form = document.getElementById("compare-form");
const box = document.getElementById("compare-question");
const UNREACHED = "The guide cannot be reached. Start it again and ask once more.";
let round = 0;

const fill = async (column, question, mine) => {
  const doing = column.querySelector(".doing");
  const body = column.querySelector(".body");
  doing.textContent = "Searching, drafting and checking";
  body.replaceChildren();
  const started = performance.now();
  let said = UNREACHED;
  let html = "";
  try {
    const reply = await fetch("/compare/answer", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question, model: column.dataset.model }),
    });
    const text = await reply.text();
    said = reply.ok ? `Answered in ${((performance.now() - started) / 1000).toFixed(1)} s` : text;
    html = reply.ok ? text : "";
  } catch { /* The sentence for a guide that is gone stands. */ }
  if (mine !== round) return;
  doing.textContent = said;
  body.innerHTML = html;
};

const ask = () => {
  const question = box.value.trim();
  if (!question) return;
  round += 1;
  history.replaceState(null, "", `#${encodeURIComponent(question)}`);
  document.querySelectorAll(".model").forEach((column) => fill(column, question, round));
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
const given = () => {
  try {
    box.value = decodeURIComponent(location.hash.slice(1));
  } catch {
    // An address that was cut short holds no question.
    box.value = "";
  }
  ask();
};
given();
