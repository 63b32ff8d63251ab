// Where the text lies over the page, as on a phone, the browser's Back closes it and stays on the page:
// it is an entry of the history for as long as it is open.
"use strict";
window.counterpoint ??= {};
(() => {
  const over = matchMedia("(max-width: 67.99rem)");
  const MARK = "counterpointText";
  let entered = false;
  const panel = () => document.getElementById("source");

  window.counterpoint.textOpened = () => {
    if (entered || !over.matches) return;
    // Going back must not scroll: closing the text decides what is seen.
    history.scrollRestoration = "manual";
    history.pushState({ [MARK]: true }, "");
    entered = true;
  };

  // Closed in another way: its entry goes too.
  document.addEventListener(
    "close",
    (event) => {
      if (event.target !== panel() || !entered) return;
      entered = false;
      history.back();
    },
    true,
  );

  addEventListener("popstate", (event) => {
    if (entered) {
      entered = false;
      panel().close();
    }
    if (event.state?.[MARK]) history.back();
    else history.scrollRestoration = "auto";
  });

  // The page was loaded anew over the open text: its entry leads nowhere.
  if (history.state?.[MARK]) history.back();
})();
