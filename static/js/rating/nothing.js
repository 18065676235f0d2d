// On the page that says why there is no task: answers that still wait are sent from here, too.

import { say, sayCount } from "../app.js";
import { Outbox } from "./store.js";

const kept = /** @type {HTMLElement} */ (document.getElementById("kept"));
let problem = "";

const outbox = new Outbox(`${kept.dataset.rater}:${kept.dataset.project}`, {
  showing: () => null,
  changed: tell,
  saved: () => {},
  refused: (_entry, { data }) => {
    problem = say("oneNotSaved", { why: data?.message ?? say("serverRefused") });
  },
});

function tell() {
  const count = outbox.entries.length;
  const waiting = count ? sayCount("waiting", count) : "";
  kept.textContent = [problem, waiting].filter(Boolean).join(" ");
  kept.hidden = kept.textContent === "";
}

const started = Date.now();
document.querySelector("form.accept")?.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const seconds = /** @type {HTMLInputElement} */ (form.elements.namedItem("seconds"));
  seconds.value = String(Math.round((Date.now() - started) / 1000));
});

outbox.flush();
