// A gate: the first question of a task, and the only one until its answer lets through. Any other
// answer is the whole judgment. What it closes is out of sight by gate.css, with a script or without.

import { Control, inputs } from "./bar.js";

/** Fields that a task which ends at its gate does not have. */
const CLOSED = /^(answer\.|edit\.|text$|tie_kind$|spans$)/;

/**
 * A control whose task may begin with a gate.
 * @param {new (...all: any[]) => Control} Base how the other questions are answered
 */
export function withGate(Base) {
  return class extends Base {
    /** An arrow goes along the answers, and does not lead on. */
    isMoving = false;

    get gate() {
      return this.questions.find((question) => question.hasAttribute("data-gate"));
    }

    get isOpen() {
      return !this.gate || this.gate.querySelector("[data-passes]:checked") !== null;
    }

    /**
     * @override
     * @param {HTMLElement} task
     */
    begin(task) {
      super.begin(task);
      const at = this.gate ? this.questions.indexOf(this.gate) : 0;
      this.questions.unshift(...this.questions.splice(at, 1));
    }

    /**
     * What is closed is not sent, and no key is for it.
     * @override
     * @param {HTMLElement | undefined} question
     */
    changed(question) {
      const { gate, isOpen } = this;
      const isCurrent = !isOpen || !gate?.classList.contains("later");
      for (const { dataset } of gate ? inputs(gate, "input") : []) {
        // A digit belongs to the question in view alone.
        const [from, to] = isCurrent ? ["ownKey", "key"] : ["key", "ownKey"];
        if (dataset[from] !== undefined) dataset[to] = dataset[from];
        delete dataset[from];
      }
      for (const field of this.form.elements) {
        const { name } = /** @type {HTMLInputElement} */ (field);
        if (CLOSED.test(name) && !gate?.contains(field)) {
          /** @type {HTMLInputElement} */ (field).disabled = !isOpen;
        }
      }
      super.changed(question);
    }

    /**
     * @override
     * @param {HTMLElement} question
     */
    answered(question) {
      if (question !== this.gate) return super.answered(question);
      return Control.prototype.answered.call(this, question);
    }

    /**
     * @override
     * @param {HTMLElement} question
     */
    focus(question) {
      if (question !== this.gate) return super.focus(question);
      Control.prototype.focus.call(this, question);
    }

    /**
     * @override
     * @param {HTMLElement} question
     * @param {-1 | 1} direction
     */
    move(question, direction) {
      if (question !== this.gate) return super.move(question, direction);
      const answers = inputs(question, "input");
      const chosen = answers.findIndex((answer) => answer.checked);
      const place = chosen < 0 && direction < 0 ? answers.length : chosen;
      this.isMoving = true;
      answers[Math.min(Math.max(place + direction, 0), answers.length - 1)]?.click();
      this.isMoving = false;
    }

    /**
     * @override
     * @param {HTMLElement} question
     * @param {-1 | 1} direction
     */
    climb(question, direction) {
      if (question !== this.gate) return super.climb(question, direction);
      return this.isOpen && direction > 0 ? () => this.leadOn(this.questions[1]) : null;
    }

    /**
     * What lets through leads on to what it opens.
     * @override
     * @param {HTMLInputElement} chosen
     */
    settle(chosen) {
      if (!this.gate?.contains(chosen)) return super.settle(chosen);
      if (this.isOpen && !this.isMoving) this.leadOn(this.questions[1]);
    }

    /** @override */
    missing() {
      if (!this.gate) return super.missing();
      if (!this.isOpen) return this.answered(this.gate) ? -1 : 0;
      const missing = super.missing();
      return missing === 0 ? Math.min(1, this.questions.length - 1) : missing;
    }

    /**
     * @override
     * @param {HTMLElement} question
     */
    lack(question) {
      if (question !== this.gate) return super.lack(question);
      return Control.prototype.lack.call(this, question);
    }

    /** @override */
    complaint() {
      return this.isOpen ? super.complaint() : "";
    }

    /** @override */
    needsReason() {
      return this.isOpen && super.needsReason();
    }

    /** @override */
    words() {
      return this.isOpen ? super.words() : "";
    }
  };
}
