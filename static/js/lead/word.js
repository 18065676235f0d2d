// The final word on a task: how long somebody was at it goes along, what opens has the focus, and
// Ctrl Enter sends it.

import { Clock } from "../rating/queue.js";

const form = document.querySelector("form.adjudicate");
if (form instanceof HTMLFormElement) {
  const clock = new Clock(() => {});
  const field = form.elements.namedItem("active_ms");
  form.addEventListener("submit", () => {
    if (field instanceof HTMLInputElement) field.value = String(clock.read().active);
  });
  for (const pop of form.querySelectorAll("details")) {
    pop.addEventListener("toggle", () => {
      if (!pop.open) return;
      (pop.querySelector("textarea") ?? pop.querySelector("input"))?.focus();
    });
  }
  addEventListener("keydown", (event) => {
    const { target, key } = event;
    const isOurs = target instanceof HTMLTextAreaElement && target.form === form;
    if (!isOurs || key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
