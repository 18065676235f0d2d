// Questions about one response, beside its text: all are in view, the current one is open and has
// the keys. They stand in the part of the page that goes with the task, and belong to the bar's form.

import { inputs } from "./bar.js";

/**
 * @typedef {import("./bar.js").Control} Control
 * @typedef {import("./types.js").Field} Field
 */

/**
 * The HTML elements that a selector finds.
 * @param {ParentNode} root
 * @param {string} selector
 */
function all(root, selector) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector))];
}

/**
 * The panel of a question, if it stands beside a text and not on the bar.
 * @param {Element | null | undefined} question
 */
function panelOf(question) {
  return /** @type {HTMLElement | null} */ (question?.closest("[data-panel]") ?? null);
}

/** @param {Element | null | undefined} question */
function isBeside(question) {
  return panelOf(question) !== null;
}

/**
 * Give a question its keys, or keep them from it: a digit belongs to the question in view alone.
 * @param {HTMLElement} question
 * @param {boolean} isCurrent
 */
function arm(question, isCurrent) {
  const [from, to] = isCurrent ? ["ownKey", "key"] : ["key", "ownKey"];
  for (const { dataset } of all(question, "[data-key], [data-own-key]")) {
    const keys = dataset[from];
    if (keys === undefined) continue;
    dataset[to] = keys;
    delete dataset[from];
  }
}

/**
 * Have a question in view, and the text that it is about where the one before was another's.
 * @param {HTMLElement} question
 * @param {HTMLElement | undefined} before
 */
function bring(question, before) {
  const text = question.closest("[data-response]");
  const { top } = text?.getBoundingClientRect() ?? { top: 0 };
  const isOther = text !== before?.closest("[data-response]");
  if (isOther && (top < 0 || top > innerHeight / 3)) text?.scrollIntoView();
  question.scrollIntoView({ block: "nearest" });
}

/**
 * A control whose task asks about each response too.
 * @param {new (...all: any[]) => Control} Base how the questions on the bar are answered
 */
export function withPanels(Base) {
  return class extends Base {
    /** The question in view. @type {HTMLElement | undefined} */
    current = undefined;
    /** An arrow goes along the answers of one question, and does not lead on. */
    isMoving = false;

    /**
     * What may be left out of every text comes after the questions of the bar. A question opens
     * where it is clicked or the focus comes by key; not at the press of a pointer: what is pressed
     * must not move away.
     * @override
     * @param {HTMLElement} task
     */
    begin(task) {
      super.begin(task);
      const beside = this.questions.filter(isBeside);
      if (!beside.some((question) => question.hasAttribute("data-required"))) {
        this.questions.push(...this.questions.splice(0, beside.length));
      }
      task.addEventListener("click", ({ target }) => this.reach(target, "legend, .about"));
      task.addEventListener("focusin", ({ target }) => this.reach(target, ":focus-visible"));
    }

    /**
     * @param {EventTarget | null} target
     * @param {string} what
     */
    reach(target, what) {
      const part = target instanceof Element ? target.closest(what) : null;
      const question = this.questions.find((other) => other.contains(part));
      if (part && question && question !== this.current) this.leadOn(question);
    }

    /**
     * Which question is open, what is answered in words, and how much of it at each panel's head.
     * @override
     * @param {HTMLElement | undefined} current
     */
    changed(current) {
      super.changed(current);
      if (this.current !== current) this.open(current);
      const beside = this.questions.filter(isBeside);
      for (const question of beside) {
        const [chosen] = inputs(question, "input:checked");
        question.classList.toggle("answered", chosen !== undefined);
        this.write(question.querySelector("output"), chosen?.dataset.saidAs ?? "");
      }
      for (const panel of new Set(beside.map(panelOf))) {
        const own = beside.filter((question) => panel?.contains(question));
        const answered = own.filter((question) => this.answered(question)).length;
        const holder = /** @type {HTMLElement | null} */ (panel?.querySelector("[data-tally]"));
        const words = holder?.dataset.tally?.replace("{answered}", String(answered));
        this.write(holder, words?.replace("{total}", String(own.length)) ?? "");
      }
    }

    /** @param {HTMLElement | undefined} current */
    open(current) {
      this.current = current;
      for (const question of this.questions) {
        question.classList.toggle("active", question === current);
        arm(question, question === current);
      }
    }

    /**
     * @override
     * @param {HTMLElement} question
     * @param {-1 | 1} direction
     */
    move(question, direction) {
      if (!isBeside(question)) return super.move(question, direction);
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
      const own = super.climb(question, direction);
      if (own !== undefined || this.questions.length < 2) return own;
      return () => this.go(this.questions.indexOf(question) + direction);
    }

    /**
     * Lead to another question, and have it in view.
     * @param {number} place
     */
    go(place) {
      const before = this.current;
      const question = this.questions[place];
      if (!question) return;
      this.leadOn(question);
      if (isBeside(question)) bring(question, before);
    }

    /**
     * An answer leads on to the next question, and the focus goes along where it came by key.
     * @override
     * @param {HTMLInputElement} chosen
     */
    settle(chosen) {
      super.settle(chosen);
      const question = this.questions.find((other) => other.contains(chosen));
      if (!question || !isBeside(question) || this.isMoving) return;
      const hasFocus = question.querySelector(":focus-visible") !== null;
      this.go(this.questions.indexOf(question) + 1);
      if (hasFocus && this.current) this.focus(this.current);
    }

    /** What is answered of one response is asked of all. @override */
    missing() {
      const missing = super.missing();
      if (missing >= 0) return missing;
      /** @param {HTMLElement} question */
      const key = ({ dataset }) => dataset.criterion;
      const begun = new Set(this.questions.filter((question) => this.answered(question)).map(key));
      return this.questions.findIndex(
        (question) => isBeside(question) && !this.answered(question) && begun.has(key(question)),
      );
    }

    /**
     * @override
     * @param {HTMLElement} question
     */
    lack(question) {
      return panelOf(question)?.dataset.lack ?? super.lack(question);
    }

    /**
     * What is filled in again is gone on with where it was left.
     * @override
     * @param {Field[]} fields
     */
    put(fields) {
      super.put(fields);
      const open = this.questions.find((question) => !this.answered(question));
      if (isBeside(open)) this.leadOn(open);
    }

    /**
     * @param {Element | null | undefined} element
     * @param {string} words
     */
    write(element, words) {
      if (element && element.textContent !== words) element.textContent = words;
    }
  };
}
