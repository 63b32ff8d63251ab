// Whether the server is there: says so when it is not, and opens the page anew when it is back.
"use strict";
(() => {
  const EVERY = 10_000;
  const LOST = "The connection to the guide is lost. What you asked is kept on this device, and this page comes back by itself.";
  const BACK = "The connection is back.";
  let born = null;
  let lost = false;

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

  const look = async () => {
    let now = null;
    try {
      const reply = await fetch("health", { cache: "no-store", signal: AbortSignal.timeout(5000) });
      now = reply.ok ? (await reply.json()).started : null;
    } catch {
      now = null;
    }
    if (now === null) {
      if (!lost) line().textContent = LOST;
      lost = true;
      return;
    }
    // A server that was started anew knows nothing of this page: what the device keeps is opened again.
    if (born !== null && now !== born) return location.reload();
    born = now;
    if (lost) {
      lost = false;
      line().textContent = BACK;
      setTimeout(() => lost || (line().textContent = ""), 4000);
    }
  };

  let timer = null;
  const again = async () => {
    clearTimeout(timer);
    if (!document.hidden) await look();
    timer = setTimeout(again, lost ? 2000 : EVERY);
  };
  for (const change of ["online", "offline", "focus"]) addEventListener(change, again);
  document.addEventListener("visibilitychange", again);
  if (document.body) again();
  else document.addEventListener("DOMContentLoaded", again);
})();
