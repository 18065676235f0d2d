// Comparing two responses: a place on the scale between them, or a tie beside it.

import { Control, inputs } from "../bar.js";

const TIES = "input[name=tie_kind]";

/** Scales from the first side to the second; a tie beside the primary one takes its place. */
export default class Compare extends Control {
  get #primary() {
    return this.questions.find((question) => question.hasAttribute("data-primary"));
  }

  get #tie() {
    return inputs(this.form, `${TIES}:checked`)[0];
  }

  /**
   * @override
   * @param {HTMLElement} question
   */
  answered(question) {
    const tied = question.hasAttribute("data-primary") && this.#tie !== undefined;
    return tied || super.answered(question);
  }

  /**
   * Move along the scale: -1 towards the first side, +1 towards the second, from the middle out.
   * @override
   * @param {HTMLElement} question
   * @param {-1 | 1} direction
   */
  move(question, direction) {
    const places = inputs(question, "input[type=radio]");
    const chosen = places.findIndex((input) => input.checked);
    const middle = places.filter((input) => Number.parseInt(input.value, 10) < 0).length;
    const start = direction < 0 ? middle : middle - 1;
    const next = (chosen < 0 ? start : chosen) + direction;
    places[Math.min(Math.max(next, 0), places.length - 1)]?.click();
  }

  /**
   * A tie excludes other ties and a preference; a preference excludes ties.
   * @override
   * @param {HTMLInputElement} chosen
   */
  settle(chosen) {
    const primary = this.#primary;
    if (chosen.matches(TIES)) {
      if (!chosen.checked) return;
      for (const other of inputs(this.form, TIES)) if (other !== chosen) other.checked = false;
      for (const place of primary ? inputs(primary, "input:checked") : []) place.checked = false;
    } else if (chosen.type === "radio" && primary?.contains(chosen)) {
      for (const tie of inputs(this.form, TIES)) tie.checked = false;
    }
  }

  /**
   * With a tie no other question has to be answered.
   * @override
   */
  missing() {
    if (!this.#tie) return super.missing();
    return this.questions.some((question) => this.answered(question)) ? -1 : 0;
  }
}
