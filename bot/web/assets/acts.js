// What can be done about an answer: ask again, edit, save, give feedback, add to a suite.
"use strict";
(() => {
  const tell = (act, data) => window.counterpoint.tell(act, data);

  const acts = {
    again: () => tell("again"),
    edit: () => tell("edit"),
    feedback: (number) => openForm(number),
    suite: (number) => tell("add", { number }),
  };

  let origin = null;

  const openForm = (number) => {
    const form = document.querySelector("#feedback form");
    form.reset();
    form.dataset.number = number;
    form.closest("dialog").showModal();
  };

  const send = (form) => {
    const given = new FormData(form);
    tell("judge", {
      number: Number(form.dataset.number),
      verdict: given.get("verdict"),
      note: given.get("note"),
    });
    form.closest("dialog").close();
  };

  // They are links because Gradio lets no button through; to everyone else they are buttons.
  const dress = () => {
    document.querySelectorAll("#chat a.act:not([role])").forEach((link) => link.setAttribute("role", "button"));
    // What editing begins with: the cursor at the end of the words.
    const box = document.querySelector("#question textarea");
    const editing = Boolean(document.querySelector("#note .leave-edit"));
    if (editing && !dress.editing) {
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
    }
    dress.editing = editing;
  };

  const press = (event) => {
    const act = event.target.closest?.("a.act");
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      origin = act;
      const [name, number] = act.getAttribute("href").slice(1).split("~");
      acts[name]?.(Number(number));
      if (name === "again") window.counterpoint.goOn(event);
      return;
    }
    const button = event.target.closest?.("[data-save], .leave-edit, .leave-feedback");
    if (!button) return;
    if (button.dataset.save) tell("save", { format: button.dataset.save, address: location.origin + location.pathname });
    else if (button.matches(".leave-edit")) {
      tell("leave");
      document.querySelector("#question textarea").focus();
    } else button.closest("dialog").close();
  };

  document.addEventListener("click", press, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target.closest?.("a.act")) press(event);
  });
  document.addEventListener(
    "submit",
    (event) => {
      if (!event.target.closest("#feedback")) return;
      event.preventDefault();
      send(event.target);
    },
    true,
  );
  document.addEventListener(
    "close",
    (event) => {
      if (event.target.id === "feedback" && origin?.isConnected) origin.focus();
    },
    true,
  );

  let due = false;
  const start = () =>
    new MutationObserver(() => {
      if (due) return;
      due = true;
      requestAnimationFrame(() => ((due = false), dress()));
    }).observe(document.body, { childList: true, subtree: true });
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
