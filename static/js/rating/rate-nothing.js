// On the page that says why there is no task: answers that still wait are sent from here, too.

import { Outbox } from "./rate-store.js";

const kept = document.getElementById("kept");
const outbox = new Outbox(`${kept.dataset.rater}:${kept.dataset.project}`, {
  showing: () => null,
  changed: tell,
  saved: () => {},
  refused: (_entry, { data }) => {
    problem = `One of your answers was not saved. ${data?.message ?? "The server refused it."}`;
  },
});
let problem = "";

function tell() {
  const count = outbox.entries.length;
  const waiting = count ? `${count === 1 ? "1 answer" : `${count} answers`} waiting for the connection; nothing is lost.` : "";
  kept.textContent = [problem, waiting].filter(Boolean).join(" ");
  kept.hidden = kept.textContent === "";
}

const started = Date.now();
document.querySelector("form.accept")?.addEventListener("submit", (event) => {
  event.target.elements.seconds.value = Math.round((Date.now() - started) / 1000);
});

outbox.flush();
