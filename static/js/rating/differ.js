// Two responses beside each other with the words that only one of them has: asked for by its key,
// made by the server, and taken away with the key or with the task.

import { say } from "../app.js";
import { wear } from "./style.js";

/** What stands in a side meanwhile. @typedef {{ side: HTMLElement, raw: HTMLElement, before: string, said: HTMLElement }} Shown */

/** @type {Shown[]} */
let shown = [];
const desk = /** @type {HTMLElement} */ (document.getElementById("desk"));
const announcer = document.getElementById("announcer");

/** @param {string} words */
function tell(words) {
  if (announcer) announcer.textContent = words;
}

/** @param {HTMLElement} side */
function letterOf(side) {
  return side.dataset.response ?? side.querySelector(".letter")?.lastChild?.textContent?.trim() ??
    "";
}

function restore() {
  for (const { side, raw, before, said } of shown) {
    side.classList.remove("differs");
    raw.innerHTML = before;
    said.remove();
  }
  shown = [];
}

/**
 * Show a text with its own words marked.
 * @param {HTMLElement} side
 * @param {{ html: string, said: string }} text
 */
function show(side, { html, said }) {
  const raw = side.querySelector("pre.raw");
  if (!(raw instanceof HTMLElement)) return;
  const line = document.createElement("p");
  line.className = "own-words";
  line.textContent = said;
  (side.querySelector(".fold") ?? raw).before(line);
  shown.push({ side, raw, before: raw.innerHTML, said: line });
  raw.innerHTML = html;
  side.classList.add("differs");
}

/**
 * Show what differs, or the texts as they were. Of more than two responses on the screen a page of
 * its own says which.
 * @param {HTMLAnchorElement} link
 */
export async function differ(link) {
  const task = /** @type {HTMLElement} */ (desk.firstElementChild);
  const address = `${desk.dataset.base}${task.dataset.assignment}/differences/`;
  const all = /** @type {NodeListOf<HTMLElement>} */ (task.querySelectorAll(".side"));
  const sides = [...all].filter((side) => side.getClientRects().length);
  const isOn = shown.some(({ side }) => task.contains(side));
  if (sides.length !== 2 && !isOn) return void open(address, "_blank", "noopener");
  let problem = "";
  if (isOn) restore();
  else {
    const [of, beside] = sides.map(letterOf);
    problem = await fetched(`${address}?of=${of}&with=${beside}`, task, sides);
    if (problem) tell(problem);
  }
  link.title = problem;
  link.setAttribute("role", "button");
  link.setAttribute("aria-pressed", String(shown.length > 0));
  // Marked passages are drawn into what stands there now.
  desk.dispatchEvent(new Event("redraw"));
  task.focus({ preventScroll: true });
}

/**
 * Fetch and show; what is wrong, in words.
 * @param {string} address
 * @param {HTMLElement} task
 * @param {HTMLElement[]} sides
 */
async function fetched(address, task, sides) {
  try {
    const reply = await fetch(address, { headers: { Accept: "application/json" } });
    const data = await reply.json();
    if (!reply.ok) return data.message ?? say("needsConnection");
    if (task !== desk.firstElementChild) return "";
    wear(data.style);
    restore(); // It may have been asked for twice.
    for (const side of sides) {
      const text = data.texts[letterOf(side)];
      if (text) show(side, text);
    }
    tell(shown.map(({ side, said }) => `${letterOf(side)}: ${said.textContent}`).join(". "));
    return "";
  } catch {
    return say("needsConnection");
  }
}

// The next task is shown as it is.
new MutationObserver(() => {
  if (shown.every(({ side }) => desk.contains(side))) return;
  shown = [];
  document.getElementById("differ")?.setAttribute("aria-pressed", "false");
}).observe(desk, { childList: true });
