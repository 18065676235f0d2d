// A question about each response by itself, one response at a time: a letter says which, a choice
// leads on to the next.

import { inputs } from "../bar.js";

/**
 * The elements of a question that a selector finds.
 * @param {ParentNode} root
 * @param {string} selector
 */
function all(root, selector) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector))];
}

export class Each {
  /** The place of the response that is asked about. */
  at = 0;

  /**
   * @param {HTMLElement} question
   * @param {() => void} [turned] hears of another response
   */
  constructor(question, turned = () => {}) {
    this.question = question;
    this.box = /** @type {HTMLElement} */ (question.querySelector("[data-each]"));
    this.turned = turned;
    this.rows = all(question, "[data-slot]");
    this.letters = all(question, "[data-letter]");
    for (const [place, letter] of this.letters.entries()) {
      letter.addEventListener("click", () => this.go(place));
    }
    for (const box of all(question, "[data-letters]")) box.hidden = false;
    this.reset();
  }

  /** The letter of the response that is asked about. */
  get slot() {
    return this.rows[this.at]?.dataset.slot ?? "";
  }

  /** @param {HTMLElement} row */
  #chosen(row) {
    return inputs(row, "input:checked")[0];
  }

  get isComplete() {
    return this.rows.every((row) => this.#chosen(row));
  }

  /** Some responses are answered about and others are not. */
  get isPartial() {
    return !this.isComplete && this.rows.some((row) => this.#chosen(row));
  }

  /** What is chosen, by letter. @type {Map<string, HTMLInputElement>} */
  get choices() {
    const pairs = this.rows.map((row) => /** @type {const} */ ([row, this.#chosen(row)]));
    return new Map(pairs.flatMap(([row, input]) => input ? [[row.dataset.slot ?? "", input]] : []));
  }

  /** @param {number} place */
  go(place) {
    this.at = Math.min(Math.max(place, 0), this.rows.length - 1);
    this.draw();
    this.turned();
  }

  /** Begin with the first response. */
  reset() {
    this.at = 0;
    this.draw();
  }

  /** @param {string} slot */
  goTo(slot) {
    this.go(this.rows.findIndex((row) => row.dataset.slot === slot));
  }

  /** Go on to the next response that is not answered about; whether there is one. */
  next() {
    const open = this.rows.flatMap((row, place) => this.#chosen(row) ? [] : [place]);
    const place = open.find((other) => other > this.at) ?? open[0];
    if (place !== undefined) this.go(place);
    return place !== undefined;
  }

  /** Which letters are done, and which is asked about. */
  draw() {
    for (const [i, row] of this.rows.entries()) row.classList.toggle("later", i !== this.at);
    for (const [i, letter] of this.letters.entries()) {
      const row = this.rows[i];
      letter.classList.toggle("held", i === this.at);
      letter.classList.toggle("done", row !== undefined && this.#chosen(row) !== undefined);
      letter.setAttribute("aria-pressed", String(i === this.at));
    }
  }

  /** Put the focus where it is answered, choosing nothing. */
  focus() {
    const row = this.rows[this.at];
    if (row) (this.#chosen(row) ?? inputs(row, "input")[0])?.focus({ preventScroll: true });
  }
}
