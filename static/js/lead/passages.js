// Passages that raters marked, on a task's page: drawn in the formatted texts too, where the page
// brings them in the texts as written, and linked with their list.

import { codeUnits } from "../rating/align.js";
import { messagesSeen } from "../rating/seen.js";

/**
 * @typedef {object} Passage
 * @property {string} slot
 * @property {number} message
 * @property {number} start
 * @property {number} end
 * @property {boolean} isPraise
 * @property {number} number
 * @property {string} tag
 * @property {string} label
 */

const holder = document.getElementById("marked-texts");
/** @type {{ texts: Record<string, string[]>, passages: Passage[] }} */
const { texts, passages } = JSON.parse(holder?.textContent ?? "{}");
const main = /** @type {HTMLElement} */ (document.getElementById("content"));
const formatted = messagesSeen(main, texts).filter(({ block }) => block.closest(".formatted"));
/** @type {Map<number, HTMLElement>} */
const ends = new Map();

/** @param {Passage} passage */
function draw({ slot, message, start, end, isPraise, number }) {
  const seen = formatted.find((one) => one.slot === slot && one.message === message);
  if (!seen) return;
  const part = { start: codeUnits(seen.raw, start), end: codeUnits(seen.raw, end) };
  const last = seen.mark(part, isPraise, "");
  if (last) ends.set(number, last);
}

/** The number behind a passage, which leads to it in the list. @param {Passage} passage */
function lead({ isPraise, number, tag, label }) {
  const last = ends.get(number);
  if (!last) return;
  const link = document.createElement("a");
  link.className = "mark-n";
  link.classList.toggle("good", isPraise);
  link.href = `#passage-${number}`;
  link.title = label;
  link.textContent = tag;
  last.after(link);
  ends.set(number, link);
}

// A piece at a time, so that the page answers meanwhile.
let from = 0;
function some() {
  const until = performance.now() + 20;
  while (from < passages.length && performance.now() < until) {
    draw(/** @type {Passage} */ (passages[from++]));
  }
  if (from < passages.length) return void setTimeout(some);
  // Behind all of them: a number is text, and no part of what is looked through.
  for (const passage of passages.toReversed()) lead(passage);
  const unsure = document.querySelector("[data-some-unsure]");
  if (unsure instanceof HTMLElement) unsure.hidden = ends.size === passages.length;
}
some();

// What is linked stands in the text as written: where that is hidden, in the formatted one.
main.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href^='#mark-']") : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  if (document.querySelector(link.hash)?.getClientRects().length) return;
  const mark = ends.get(Number(link.hash.slice("#mark-".length)));
  if (!mark) return;
  event.preventDefault();
  mark.scrollIntoView({ block: "center" });
  mark.focus({ preventScroll: true });
});
