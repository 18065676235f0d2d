// Comparing two responses where something is asked about each of them as well.

import { say } from "../../app.js";
import Compare from "./compare.js";
import { Each } from "./each.js";

export default class CompareEach extends Compare {
  /** @type {Map<HTMLElement, Each>} */
  #eaches = new Map();

  /** @override */
  begin() {
    for (const question of this.questions) {
      if (!question.querySelector("[data-each]") || this.#eaches.has(question)) continue;
      this.#eaches.set(question, new Each(question));
    }
  }

  /** @override */
  changed() {
    for (const each of this.#eaches.values()) each.draw();
  }

  /**
   * @override
   * @param {HTMLElement} question
   */
  answered(question) {
    return this.#eaches.get(question)?.isComplete ?? super.answered(question);
  }

  /**
   * @override
   * @param {HTMLElement} question
   */
  focus(question) {
    const each = this.#eaches.get(question);
    if (each) each.focus();
    else super.focus(question);
  }

  /**
   * @override
   * @param {HTMLElement} question
   * @param {-1 | 1} direction
   */
  move(question, direction) {
    const each = this.#eaches.get(question);
    if (each) each.go(each.at + direction);
    else super.move(question, direction);
  }

  /**
   * @override
   * @param {HTMLInputElement} chosen
   */
  settle(chosen) {
    const question = /** @type {HTMLElement | null} */ (chosen.closest("[data-criterion]"));
    const each = question && this.#eaches.get(question);
    if (!each) super.settle(chosen);
    else if (!each.next()) this.leadOn();
  }

  /** @override */
  missing() {
    const missing = super.missing();
    if (missing >= 0) return missing;
    return this.questions.findIndex((question) => this.#eaches.get(question)?.isPartial);
  }

  /**
   * @override
   * @param {HTMLElement} question
   */
  lack(question) {
    return this.#eaches.has(question) ? say("eachAll") : super.lack(question);
  }

  /** @override */
  clear() {
    super.clear();
    for (const each of this.#eaches.values()) each.reset();
  }
}
