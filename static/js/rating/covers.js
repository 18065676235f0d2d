// Covered texts of a task, opened and covered all at once; each by itself is the browser's own work.

import { all } from "../app.js";

/** @type {HTMLElement | null} */
let task = null;

/** @returns {HTMLDetailsElement[]} */
function covers() {
  return task ? /** @type {HTMLDetailsElement[]} */ (all(task, "[data-cover]")) : [];
}

function tell() {
  const button = task?.querySelector("[data-covers] [data-show-all]");
  button?.setAttribute("aria-pressed", String(covers().every(({ open }) => open)));
}

/** Listen to what acts on the covers of the task on the screen, once. */
export function begin() {
  const shown = document.getElementById("task");
  if (!shown || shown === task) return;
  task = shown;
  const button = /** @type {HTMLElement | null} */ (task.querySelector("[data-show-all]"));
  if (button) button.hidden = false;
  // Where pictures are covered too, their button opens both.
  button?.addEventListener("click", () => {
    const opens = !covers().every(({ open }) => open);
    for (const cover of covers()) cover.open = opens;
  });
  task.addEventListener("toggle", tell, { capture: true });
  tell();
}
