// Comparing two responses: a place on the scale between them, or a tie beside it.

import { Control, inputs } from "../bar.js";

/** Scales from the first side to the second; a tie beside a scale takes the place of its answer. */
export default class Compare extends Control {
  /**
   * The ties offered beside a question's scale.
   * @param {HTMLElement} question
   */
  #beside(question) {
    const key = CSS.escape(question.dataset.criterion ?? "");
    return inputs(this.form, `[data-beside="${key}"] input`);
  }

  /**
   * @override
   * @param {HTMLElement} question
   */
  answered(question) {
    return this.#beside(question).some((tie) => tie.checked) || super.answered(question);
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
   * A tie excludes other ties and a preference of its question; a preference excludes ties.
   * @override
   * @param {HTMLInputElement} chosen
   */
  settle(chosen) {
    if (!chosen.checked) return;
    for (const question of this.questions) {
      const ties = this.#beside(question);
      const places = inputs(question, "input[type=radio]");
      if (!ties.includes(chosen) && !places.includes(chosen)) continue;
      const excluded = ties.includes(chosen) ? [...ties, ...places] : ties;
      for (const other of excluded) if (other !== chosen) other.checked = false;
    }
  }

  /**
   * @override
   * @param {HTMLElement} question
   */
  unanswer(question) {
    super.unanswer(question);
    for (const tie of this.#beside(question)) tie.checked = false;
  }

  /**
   * With a tie beside the primary scale no other question has to be answered.
   * @override
   */
  missing() {
    const primary = this.questions.find((question) => question.hasAttribute("data-primary"));
    if (primary && this.#beside(primary).some((tie) => tie.checked)) return -1;
    return super.missing();
  }
}
