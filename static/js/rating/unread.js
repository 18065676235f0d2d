// How much is new in the precedents and answers, said on the button that opens the guideline. It is
// asked for by itself, now and then, and never with a task: no lease waits for it.

import { post } from "./store.js";

/** Milliseconds until it is asked for again. */
const EVERY = 10 * 60_000;

const mark = /** @type {HTMLElement} */ (document.querySelector("[data-unread]"));
const link = mark.closest("a");
const name = link?.ariaLabel ?? "";
const url = mark.dataset.unread ?? "";

/** @param {string} words such as "2 new", empty where nothing is */
function tell(words) {
  mark.textContent = words;
  mark.hidden = !words;
  if (link) link.ariaLabel = words ? `${name}, ${words}` : name;
}

/** Ask how much is new, and go on asking while somebody looks. */
export async function look() {
  setTimeout(look, EVERY);
  if (document.hidden) return;
  const response = await fetch(url).catch(() => null);
  if (response?.ok && !response.redirected) tell((await response.json()).words ?? "");
}

/** What stands in the drawer was shown: it is new no more. @param {HTMLElement} shown */
export async function read(shown) {
  const { until = "", answers = "", count } = shown.dataset;
  if (count === "0") return;
  const { data } = await post(url, [["until", until], ["answers", answers]]);
  if (data) tell(data.words ?? "");
}
