// The window around the answers: starter questions, where the page scrolls to, and one announcement.
"use strict";
window.counterpoint ??= {};
(() => {
  const fine = matchMedia("(pointer: fine)");
  const announcer = document.createElement("div");
  announcer.id = "announcer";
  announcer.className = "unseen";
  announcer.setAttribute("role", "status");

  // Emptied first, so that the same sentence twice is announced twice.
  const announce = (sentence) => {
    announcer.textContent = "";
    setTimeout(() => (announcer.textContent = sentence), 100);
  };

  const seen = { question: "", drafting: false, ended: 0, note: "" };

  // The question asked last is brought to the top, one that takes another's place as well.
  const lookAtQuestion = (drafting) => {
    const asked = document.querySelectorAll("#chat .asked");
    const last = asked[asked.length - 1];
    const question = last ? `${asked.length} ${last.textContent}` : "";
    if (last && (question !== seen.question || (drafting && !seen.drafting))) {
      if (asked.length === 1) scrollTo(0, 0);
      else last.scrollIntoView({ block: "start" });
    }
    // What was pressed is gone: reading goes on from the question.
    if (last && document.activeElement === document.body && (drafting || seen.drafting)) rest(last);
    seen.question = question;
  };

  const lookAtEnd = (drafting) => {
    const ended = document.querySelectorAll("#chat .answer.finished, #chat .answer.ended");
    if (ended.length > seen.ended || (ended.length && seen.drafting && !drafting)) {
      const last = ended[ended.length - 1];
      // Help lines must not end under the question box.
      if (last.classList.contains("crisis")) last.scrollIntoView({ block: "start" });
      announce(last.classList.contains("finished") ? "Answer ready." : last.querySelector(".remark").textContent);
    }
    seen.ended = ended.length;
  };

  const rest = (heading) => {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  };

  // What was pressed goes away, or is hidden while an answer is made, and would take the focus with it.
  const goOn = (event) => {
    const byKey = event.detail === 0 && event.isTrusted;
    // By touch, the box would open the keyboard.
    if (byKey || fine.matches) document.querySelector("#question textarea").focus({ preventScroll: true });
    else if (event.target.closest("#clear")) rest(document.querySelector("#masthead h1"));
  };

  const look = () => {
    const chat = document.getElementById("chat");
    // Gradio's live log would read out every half-made sentence; our announcer speaks once instead.
    chat?.querySelectorAll("[aria-live]:not([aria-live=off])").forEach((log) => log.setAttribute("aria-live", "off"));
    chat?.querySelectorAll("a.ask-this:not([role])").forEach((link) => link.setAttribute("role", "button"));
    // Gradio names each message by the source of its HTML, which nobody should hear.
    chat?.querySelectorAll("[data-testid=bot], [data-testid=user]").forEach((message) => message.removeAttribute("aria-label"));
    const drafting = Boolean(chat?.querySelector(".drafting"));
    lookAtQuestion(drafting);
    lookAtEnd(drafting);
    seen.drafting = drafting;
    const note = document.querySelector("#note p")?.textContent.trim() ?? "";
    if (note && note !== seen.note) announce(note);
    seen.note = note;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".ask-this");
    if (button) {
      event.preventDefault();
      window.counterpoint.ask(button.textContent);
    }
    if (button || event.target.closest?.("#ask, #stop, #clear")) goOn(event);
  });

  document.addEventListener("keydown", (event) => {
    const link = event.key === " " && event.target.closest?.("a.ask-this");
    if (!link) return;
    event.preventDefault();
    link.click();
    document.querySelector("#question textarea").focus();
  });

  window.counterpoint.goOn = goOn;

  const start = () => {
    document.documentElement.lang = "en";
    document.body.append(announcer);
    let due = false;
    new MutationObserver(() => {
      if (due) return;
      due = true;
      requestAnimationFrame(() => ((due = false), look()));
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  };
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
