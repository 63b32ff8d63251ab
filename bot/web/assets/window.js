// The window around the answers: starter questions, where the page scrolls to, and one announcement.
"use strict";
(() => {
  const announcer = document.createElement("div");
  announcer.id = "announcer";
  announcer.className = "unseen";
  announcer.setAttribute("role", "status");

  // Emptied first, so that the same sentence twice is announced twice.
  const announce = (sentence) => {
    announcer.textContent = "";
    setTimeout(() => (announcer.textContent = sentence), 100);
  };

  const seen = { asked: 0, ended: 0, note: "" };

  const look = () => {
    const chat = document.getElementById("chat");
    // Gradio's live log would read out every half-made sentence; our announcer speaks once instead.
    chat?.querySelectorAll("[aria-live]:not([aria-live=off])").forEach((log) => log.setAttribute("aria-live", "off"));
    // Gradio names each message by the source of its HTML, which nobody should hear.
    chat?.querySelectorAll("a.ask-this:not([role])").forEach((link) => link.setAttribute("role", "button"));
    chat?.querySelectorAll("[data-testid=bot], [data-testid=user]").forEach((message) => message.removeAttribute("aria-label"));
    const asked = document.querySelectorAll("#chat .asked");
    if (asked.length > seen.asked) {
      if (asked.length === 1) scrollTo(0, 0);
      else asked[asked.length - 1].scrollIntoView({ block: "start" });
    }
    seen.asked = asked.length;
    const ended = document.querySelectorAll("#chat .answer.finished, #chat .answer.ended");
    if (ended.length > seen.ended) {
      const last = ended[ended.length - 1];
      // Help lines must not end under the question box.
      if (last.classList.contains("crisis")) last.scrollIntoView({ block: "start" });
      announce(last.classList.contains("finished") ? "Answer ready." : last.querySelector(".remark").textContent);
    }
    seen.ended = ended.length;
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
    // Both buttons' work takes the focused element away. By touch, focus would open the keyboard.
    const byKey = event.detail === 0 && event.isTrusted;
    if (byKey && (button || event.target.closest?.("#clear"))) document.querySelector("#question textarea").focus();
  });

  document.addEventListener("keydown", (event) => {
    const link = event.key === " " && event.target.closest?.("a.ask-this");
    if (!link) return;
    event.preventDefault();
    link.click();
    document.querySelector("#question textarea").focus();
  });

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
