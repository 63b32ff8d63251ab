// What the server tells the page's scripts, and what the visitor's acts tell the server.
"use strict";
window.counterpoint ??= {};
(() => {
  const MOST_CHARS = 200 * 1024;
  const ASK = "counterpoint.ask";
  const TYPED = "counterpoint.typed";
  let port = null;
  let askedByItself = false;

  const key = () => `counterpoint.${document.getElementById("keeping-line")?.dataset.collection ?? ""}`;
  const box = () => document.querySelector("#question textarea");

  // Some browsers refuse storage altogether; the page then works and forgets.
  const stored = (work) => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };

  const type = (words) => {
    box().value = words;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  };

  const ask = (question) => {
    type(question);
    setTimeout(() => document.querySelector("#ask")?.click(), 50);
  };

  const keep = (text) => {
    const done = stored(() => {
      if (text) localStorage.setItem(key(), text);
      else localStorage.removeItem(key());
      return true;
    });
    document.getElementById("keeping-line")?.classList.toggle("unkept", !done);
  };

  const kept = () => {
    const text = stored(() => localStorage.getItem(key())) ?? "";
    // More than was ever written here: let the server call it what it is, without carrying it there.
    return text.length > MOST_CHARS ? text.slice(0, 64) : text;
  };

  const save = ({ name, type: kind, text }) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: kind }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  const reload = (question) => {
    // Once: a page that has just asked by itself must not begin a circle.
    if (askedByItself) return type(question);
    stored(() => sessionStorage.setItem(ASK, question));
    location.reload();
  };

  const opened = () => {
    const question = stored(() => sessionStorage.getItem(ASK));
    stored(() => sessionStorage.removeItem(ASK));
    const typed = stored(() => sessionStorage.getItem(TYPED));
    stored(() => sessionStorage.removeItem(TYPED));
    if (question) {
      askedByItself = true;
      ask(question);
    } else if (typed && !box().value) type(typed);
    // A transcript's link back: the passage that the address names.
    if (/^#[AC]\d/.test(location.hash)) {
      const link = Object.assign(document.createElement("a"), { href: location.hash });
      document.body.append(link);
      link.click();
      link.remove();
    }
  };

  const heard = () => {
    const value = port.read();
    if (!value) return;
    const message = JSON.parse(value);
    if (message.kind === "keep") keep(message.text);
    if (message.kind === "open") {
      keep(message.text);
      opened();
    }
    if (message.kind === "reload") reload(message.question);
    if (message.kind === "save") save(message);
  };

  // Words typed and not yet asked outlive a reload, Gradio's own after a lost connection included.
  addEventListener("pagehide", () => {
    const typed = box()?.value;
    if (typed) stored(() => sessionStorage.setItem(TYPED, typed));
  });
  // Forgotten in one window is forgotten in all.
  addEventListener("storage", (event) => {
    if (event.key === key() && event.newValue === null && document.querySelector("#chat .asked")) {
      document.querySelector("#clear")?.click();
    }
  });

  Object.assign(window.counterpoint, {
    kept,
    ask,
    bridge: (given) => {
      port = given;
      given.watch("value", heard);
    },
    tell: (act, data) => port?.[act](data),
  });
})();
