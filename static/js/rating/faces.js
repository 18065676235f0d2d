// The questions of another kind of task than the page came with: they come with the first task that
// asks them, and are had from then on.

import { learnWords } from "../app.js";
import { wear } from "./style.js";

/**
 * @param {string} html
 * @returns {Element}
 */
function element(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return /** @type {Element} */ (holder.content.firstElementChild);
}

/**
 * Know what a task brings with it; without it, where it is not to be had.
 * @param {import("./bar.js").Bar} bar
 * @param {import("./types.js").Task} task
 */
export async function learn(bar, { face, parts }) {
  if (!parts) return;
  const { questions, chips, script, style } = parts;
  try {
    const [{ default: KindControl }] = await Promise.all([import(script), style && wear(style)]);
    const box = element(questions);
    learnWords(box);
    bar.faces.set(face, { box, chips: element(chips), control: new KindControl(bar.form) });
  } catch {
    // Its script or its style did not come.
  }
}
