// Whether the server is there: says so when it is not, and opens the page anew when it is back.
"use strict";
(() => {
  const EVERY = 5_000;
  const LOST = "The connection is lost. Your words are kept here, and this page comes back by itself.";
  const BACK = "The connection is back.";
  const FAILED = "That could not be done just now. Please try again.";
  let born;
  let lost = false;
  let missed = 0;

  const line = () => {
    let found = document.getElementById("connection");
    if (!found) {
      found = document.createElement("p");
      found.id = "connection";
      found.setAttribute("role", "status");
      document.body.append(found);
    }
    return found;
  };

  // The mark of the process behind this page; null where there is none, undefined where it does not say.
  const mark = async () => {
    try {
      const reply = await fetch("gradio_api/app_id", { cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (reply.status >= 500) return null;
      return reply.ok ? (await reply.json()).app_id : undefined;
    } catch {
      return null;
    }
  };

  const briefly = (sentence) => {
    line().textContent = sentence;
    setTimeout(() => lost || (line().textContent = ""), 4000);
  };

  // `failed`: Gradio has just said that a request failed.
  const look = async (failed) => {
    const now = await mark();
    if (now === null) {
      missed += 1;
      // Once may be chance; a line that comes and goes would only disturb.
      if ((missed > 1 || failed) && !lost) {
        lost = true;
        line().textContent = LOST;
      }
      return;
    }
    missed = 0;
    // Another process knows nothing of this page: what the device keeps is opened there.
    if (now !== undefined && born !== undefined && now !== born) return location.reload();
    born ??= now;
    if (lost) {
      lost = false;
      briefly(BACK);
    } else if (failed) briefly(FAILED);
  };

  let timer = null;
  const again = async (failed = false) => {
    clearTimeout(timer);
    if (!document.hidden) await look(failed);
    timer = setTimeout(again, missed ? 1000 : EVERY);
  };
  for (const change of ["online", "offline", "focus"]) addEventListener(change, () => again());
  document.addEventListener("visibilitychange", () => again());

  // Gradio's own words are hidden by acts.css: what they stand for is found out and said here.
  let told = 0;
  const hear = () => {
    const words = document.querySelectorAll(".toast-wrap .toast-body").length;
    if (words > told) again(true);
    told = words;
  };
  const start = () => {
    again();
    new MutationObserver(hear).observe(document.body, { childList: true, subtree: true });
  };
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
