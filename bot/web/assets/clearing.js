// Clear asks once before it forgets: it stands beside what is pressed all the time, and nothing brings back.
"use strict";
(() => {
  const dialog = () => document.getElementById("clearing");
  const control = () => document.getElementById("clear");

  document.addEventListener(
    "click",
    (event) => {
      // Pressed by our own scripts, it is meant: confirmed here, or forgotten in another window.
      if (event.isTrusted && event.target.closest?.("#clear")) {
        event.preventDefault();
        event.stopImmediatePropagation();
        dialog().showModal();
      } else if (event.target.closest?.("#clearing .confirm-clear")) {
        dialog().close();
        control().click();
      } else if (event.target.closest?.("#clearing .leave-clear")) {
        dialog().close();
        control().focus();
      }
    },
    true,
  );
})();
