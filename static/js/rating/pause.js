// A pause is proposed, quietly, after minutes of unbroken work that the project sets: above the bar,
// where it takes nothing from the answer that is open, and stays until somebody dismisses it.

import { account } from "../app.js";

/** Minutes without a sign of a person that end a stretch of work, as a pause. */
const PAUSE = 5 * 60_000;
/** So much time between two signs counts as work on what is severe. */
const SIGN = 30_000;
const KEPT = `concord:stretch:${account}`;

/** Since when a person works, when they last gave a sign, and for how long on what is severe. */
/** @typedef {{ begun: number, last: number, severe: number }} Stretch */

/** @returns {Stretch | null} */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
}

/** @param {Stretch} stretch */
function keep(stretch) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(stretch));
  } catch {
    // Where nothing can be kept, a page that is loaded anew begins a new stretch.
  }
}

/**
 * The stretch after a sign of a person.
 * @param {Stretch} stretch
 * @param {number} now
 * @param {boolean} isSevere
 * @returns {Stretch}
 */
export function after({ begun, last, severe }, now, isSevere) {
  const gap = now - last;
  if (gap >= PAUSE || gap < 0) return { begun: now, last: now, severe: 0 };
  return { begun, last: now, severe: severe + (isSevere ? Math.min(gap, SIGN) : 0) };
}

/** Whether a pause was asked for, and has not been shown. */
let isAsked = false;

/** @param {HTMLElement} desk */
async function propose(desk) {
  const box = document.getElementById("refusals");
  if (isAsked || !box || box.querySelector("[data-about=pause]")) return false;
  isAsked = true;
  try {
    const reply = await fetch(
      new URL("../pause/", new URL(desk.dataset.base ?? "", location.href)),
      {
        headers: { Accept: "application/json" },
      },
    );
    if (!reply.ok) return false;
    const said = document.createElement("div");
    said.classList.add("notice", "info");
    said.dataset.about = "pause";
    said.setAttribute("role", "status");
    said.innerHTML = (await reply.json()).html;
    said.querySelector("[data-dismiss]")?.addEventListener("click", () => {
      said.remove();
      document.getElementById("task")?.focus({ preventScroll: true });
    });
    box.append(said);
    return true;
  } catch {
    return false; // Without a connection, at the next sign.
  } finally {
    isAsked = false;
  }
}

/** Watch for signs of a person from now on. */
export function watch() {
  const desk = document.getElementById("desk");
  const [most = 0, severe = 0] = (desk?.dataset.pause ?? "").split(" ").map((n) =>
    n ? +n * 60_000 : 0
  );
  if (!desk || (!most && !severe)) return;
  const opened = Date.now() - Math.min(performance.now(), PAUSE);
  let stretch = kept() ?? { begun: opened, last: opened, severe: 0 };
  let told = 0;
  const sign = async () => {
    const now = Date.now();
    if (now - told < 1000) return;
    told = now;
    stretch = after(stretch, now, document.querySelector("#task[data-severe]") !== null);
    const isDue = (most && now - stretch.begun >= most) || (severe && stretch.severe >= severe);
    if (isDue && await propose(desk)) stretch = { begun: now, last: now, severe: 0 };
    keep(stretch);
  };
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) {
    addEventListener(kind, sign, { capture: true, passive: true });
  }
  sign();
}
