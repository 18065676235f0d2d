// The bar as a form: how answers are given, which question is in view, what is filled in beside
// the answers, what is missing. What is special to a kind of task is in its module under kinds/,
// which the form names as its data-script and which exports its control as `default`. A kind may ask
// in the text too: what belongs to the form counts, wherever it stands.

import { all, openLayer, say, sayCount } from "../app.js";

/** @import { Field } from "./types.js" */

/** Fields beside the answers, the same for every kind. */
const BESIDES = ["rationale", "reasons", "principles", "flags", "spans"];

/** Fields of the form that are no answer. */
const NO_ANSWER = new Set([
  "csrfmiddlewaretoken",
  "key",
  "rubric",
  "active_ms",
  "idle_ms",
  ...BESIDES,
]);

/**
 * The inputs that a selector finds.
 * @param {ParentNode} root
 * @param {string} selector
 */
export function inputs(root, selector) {
  return [.../** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll(selector))];
}

/**
 * The inputs of a form, on the bar and in the text.
 * @param {HTMLFormElement} form
 */
export function fieldsOf(form) {
  return [...form.elements].filter((element) => element instanceof HTMLInputElement);
}

/** @param {HTMLFormElement} form */
function answers(form) {
  return fieldsOf(form).filter(({ name, type }) => type !== "hidden" && !NO_ANSWER.has(name));
}

/**
 * Do something whenever what a form holds changes, wherever its fields stand.
 * @param {HTMLFormElement} form
 * @param {"input" | "change"} type
 * @param {(target: EventTarget | null) => void} act
 */
export function onField(form, type, act) {
  document.addEventListener(type, ({ target }) => {
    const owner = target instanceof Element && "form" in target ? target.form : target;
    if (owner === form) act(target);
  });
}

/** Answers as inputs that are checked, one question after the other. */
export class Control {
  /** @type {HTMLElement[]} */
  questions = [];

  /** Show a question, or the next one. @type {(question?: HTMLElement) => void} */
  leadOn = () => {};

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
  }

  /** A task is on the screen, as it was sent. @param {HTMLElement} _task */
  begin(_task) {}

  /** What is filled in has changed, or the question in view. @param {HTMLElement} [_question] */
  changed(_question) {}

  /** Whether a question has its answer. @param {HTMLElement} question */
  answered(question) {
    return question.querySelector("input:checked") !== null;
  }

  /** Focus where a question is answered, choosing nothing. @param {HTMLElement} question */
  focus(question) {
    const [chosen] = inputs(question, "input:checked");
    const [first] = inputs(question, "input");
    (chosen ?? first)?.focus({ preventScroll: true });
  }

  /**
   * Left (-1) and Right (+1) in the question in view.
   * @param {HTMLElement} _question
   * @param {-1 | 1} _direction
   */
  move(_question, _direction) {}

  /**
   * What Up (-1) and Down (+1) do in the question in view; `null` leaves them to the page, and
   * `undefined` leads from question to question.
   * @param {HTMLElement} _question
   * @param {-1 | 1} _direction
   * @returns {(() => void) | null | undefined}
   */
  climb(_question, _direction) {
    return undefined;
  }

  /** Undo what a choice that was just made excludes. @param {HTMLInputElement} _chosen */
  settle(_chosen) {}

  /** What a question in view lacks, in words. @param {HTMLElement} _question */
  lack(_question) {
    return say("choosePlace");
  }

  /** The first question that still needs an answer before the form can be sent; -1 if none does. */
  missing() {
    const required = this.questions.findIndex(
      (question) => question.hasAttribute("data-required") && !this.answered(question),
    );
    if (required >= 0) return required;
    return this.questions.some((question) => this.answered(question)) ? -1 : 0;
  }

  /** What keeps the form from being sent although nothing is missing, in words. */
  complaint() {
    return "";
  }

  /** Whether the answers that are given call for a reason in words. */
  needsReason() {
    return false;
  }

  /** The answers that are given. @returns {Field[]} */
  read() {
    const fields = [...new FormData(this.form)].filter(([name]) => !NO_ANSWER.has(name));
    return fields.map(([name, value]) => [name, String(value)]);
  }

  /** Give answers that were read before. @param {Field[]} fields */
  put(fields) {
    for (const input of answers(this.form)) {
      const sent = fields.filter(([name]) => name === input.name);
      if (isChoice(input)) input.checked ||= sent.some(([, value]) => value === input.value);
      else input.value = sent[0]?.[1] ?? "";
    }
  }

  /**
   * Take the answer to one question back.
   * @param {HTMLElement} question
   */
  unanswer(question) {
    for (const input of inputs(question, "input:checked")) input.checked = false;
  }

  /** Take every answer back. */
  clear() {
    for (const input of answers(this.form)) {
      if (isChoice(input)) input.checked = false;
      else input.value = "";
    }
  }

  /** What is answered without a choice, as a person reads it. */
  words() {
    return "";
  }
}

/** @param {HTMLInputElement} input */
function isChoice({ type }) {
  return type === "radio" || type === "checkbox";
}

/**
 * A field that nobody sees.
 * @param {string} name
 * @param {string} value
 */
export function hidden(name, value) {
  const field = document.createElement("input");
  [field.type, field.name, field.value] = ["hidden", name, value];
  return field;
}

/**
 * What of the bar belongs to one kind of task: its questions, the chips beside them, its control.
 * @typedef {{ box: Element, chips: Element, control: Control }} Face
 */

/** The whole bar: the answers, through the kind's control, and what stands beside them. */
export class Bar {
  /** @type {HTMLElement[]} */
  questions = [];
  /** @type {HTMLElement[]} */
  steps = [];
  place = 0;

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLElement} task
   * @param {new (form: HTMLFormElement) => Control} KindControl
   */
  constructor(form, task, KindControl) {
    this.form = form;
    const [box, chips] = /** @type {Iterable<Element>} */ (all(form, ".questions, .chips"));
    if (!box || !chips) throw new TypeError(form.outerHTML);
    /** @type {Face} */
    this.face = { box, chips, control: new KindControl(form) };
    /** By name; others come with tasks of other kinds. @type {Map<string, Face>} */
    this.faces = new Map([[this.name, this.face]]);
    form.addEventListener("click", ({ target, detail }) => {
      const step = target instanceof Element ? target.closest("[data-step]") : null;
      if (step) this.#enter(this.questions.findIndex((other) => this.#stepOf(other) === step));
      // By the key of the row: they come in turn.
      else if (!detail && target === this.steps[0]?.parentElement) this.#enter(this.place + 1);
    });
    document.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("[data-clear]")) this.#unanswer(target);
    });
    onField(form, "change", (target) => this.#changed(target));
    onField(form, "input", () => this.refresh());
    this.begin(task, this.name);
    const wrong = this.questions.findIndex((question) => !this.#error(question).hidden);
    this.go(Math.max(0, wrong));
    this.refresh();
  }

  /** @param {HTMLElement} question */
  #stepOf({ dataset: { criterion } }) {
    return this.steps.find(({ dataset }) => dataset.step === criterion);
  }

  get control() {
    return this.face.control;
  }

  /** The name of the face. */
  get name() {
    return this.form.dataset.face ?? "";
  }

  /**
   * Ask as a task is asked that has come to the screen.
   * @param {HTMLElement} task
   * @param {string} name of the face
   */
  begin(task, name) {
    const face = this.faces.get(name) ?? this.face;
    if (face !== this.face) {
      this.face.box.replaceWith(face.box);
      this.face.chips.replaceWith(face.chips);
      this.face = face;
      this.form.dataset.face = name;
    }
    this.questions = [task, this.form].flatMap((part) => all(part, "[data-criterion]"));
    this.steps = all(this.form, "[data-step]");
    this.form.querySelector(".steps")?.removeAttribute("hidden");
    const submit = this.form.querySelector(".submit");
    submit?.removeAttribute("aria-disabled");
    const sends = face.box instanceof HTMLElement ? face.box.dataset.sends : "";
    if (submit?.firstChild && sends) submit.firstChild.textContent = `${sends} `;
    face.control.questions = this.questions;
    face.control.leadOn = (question) =>
      this.go(question ? this.questions.indexOf(question) : this.place + 1);
    face.control.begin(task);
  }

  /** Passages that are marked, a field each (marks.js). */
  get #spans() {
    return /** @type {HTMLElement} */ (this.form.querySelector("#spans"));
  }

  get #rationale() {
    return /** @type {HTMLTextAreaElement} */ (this.form.elements.namedItem("rationale"));
  }

  /** @param {HTMLElement} question */
  #error(question) {
    return /** @type {HTMLElement} */ (question.querySelector("[data-error]"));
  }

  /** Show one question; the others keep their answers. @param {number} index */
  go(index) {
    this.place = Math.min(Math.max(index, 0), this.questions.length - 1);
    for (const [i, question] of this.questions.entries()) {
      question.classList.toggle("later", i !== this.place);
    }
    const shown = this.questions[this.place]?.dataset.criterion;
    for (const chip of all(this.form, "[data-beside]")) {
      chip.classList.toggle("later", chip.dataset.beside !== shown);
    }
    for (const step of this.steps) {
      if (step.dataset.step !== shown) step.removeAttribute("aria-current");
      else {
        step.setAttribute("aria-current", "step");
        // The row alone: where the bar goes with the text, the page stays where it is.
        const row = step.parentElement;
        if (row) row.scrollLeft = step.offsetLeft - (row.clientWidth - step.offsetWidth) / 2;
      }
    }
    this.control.changed(this.questions[this.place]);
  }

  /** Show one question and focus where it is answered. @param {number} index */
  #enter(index) {
    this.go(index % this.questions.length);
    const question = this.questions[this.place];
    if (question) this.control.focus(question);
  }

  /** Left (-1) and Right (+1) in the question in view. @param {-1 | 1} direction */
  move(direction) {
    const question = this.questions[this.place];
    if (question) this.control.move(question, direction);
  }

  /** What Up (-1) and Down (+1) do, if anything. @param {-1 | 1} direction */
  climb(direction) {
    const question = this.questions[this.place];
    const own = question && this.control.climb(question, direction);
    if (own !== undefined || this.questions.length < 2) return own;
    return () => this.go(this.place + direction);
  }

  /** @param {EventTarget | null} target */
  #changed(target) {
    if (!(target instanceof HTMLInputElement)) return this.refresh();
    this.control.settle(target);
    if (target.name === "principles" && target.checked) this.#keepOne(target);
    const question = /** @type {HTMLElement | null} */ (target.closest("[data-criterion]"));
    if (target.type === "radio" && question) this.#error(question).hidden = true;
    this.refresh();
  }

  /** Principles decided it, or none fits. @param {HTMLInputElement} chosen */
  #keepOne({ value }) {
    for (const box of inputs(this.form, "[name=principles]:checked")) {
      if ((box.value === "0") !== (value === "0")) box.checked = false;
    }
  }

  /** @param {Element} within the question */
  #unanswer(within) {
    const question = this.questions.find((other) => other.contains(within));
    if (!question) return;
    this.control.unanswer(question);
    // What it was pressed with is out of sight now.
    if (question.contains(document.activeElement)) this.control.focus(question);
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Marks on the chips and steps of what is filled in; what a button stores that has no words. */
  refresh() {
    for (const question of this.questions) {
      this.#stepOf(question)?.classList.toggle("answered", this.control.answered(question));
      const said = question.querySelector("[data-said]");
      const [chosen] = inputs(question, "input:checked");
      const clear = /** @type {HTMLElement | null} */ (question.querySelector("[data-clear]"));
      if (clear) clear.hidden = !chosen && !this.control.answered(question);
      const words = chosen?.dataset.keyLabel ?? "";
      if (said && said.textContent !== words) said.textContent = words;
    }
    const of = (/** @type {string} */ name) => inputs(this.form, `[name=${name}]:checked`);
    const cited = of("principles").map((box) => box.dataset.says ?? `P${box.value}`).join(", ");
    const flags = of("flags").length;
    this.#mark("reason", of("reasons").length > 0 || this.#rationale.value.trim() !== "");
    this.#mark("principles", cited !== "", "[data-cited]", cited || say("principles"));
    const flagged = flags ? sayCount("flags", flags) : say("flag");
    this.#mark("flags", flags > 0, "[data-flagged]", flagged);
    this.control.changed(this.questions[this.place]);
  }

  /**
   * @param {string} name
   * @param {boolean} filled
   * @param {string} [label]
   * @param {string} [text]
   */
  #mark(name, filled, label, text) {
    const pop = this.form.querySelector(`[data-pop=${name}]`);
    pop?.classList.toggle("filled", filled);
    const holder = label && pop?.querySelector(label);
    if (holder && holder.textContent !== text) holder.textContent = text ?? "";
  }

  /** What is filled in, the answers first. @returns {Field[]} */
  values() {
    const entries = [...new FormData(this.form)].filter(([name]) => BESIDES.includes(name));
    const besides = entries.map(([name, value]) => /** @type {Field} */ ([name, String(value)]));
    return [...this.control.read(), ...besides].filter(([, value]) => value !== "");
  }

  /** What is filled in, as a person reads it. */
  words() {
    const chosen = fieldsOf(this.form).filter(({ checked, disabled }) => checked && !disabled);
    const labels = chosen.map((input) => {
      const question = /** @type {HTMLElement | null} */ (
        input.closest("[data-criterion], [data-beside]")
      );
      const key = question?.dataset.criterion ?? question?.dataset.beside;
      const step = this.steps.find(({ dataset }) => key && dataset.step === key);
      const text = input.labels?.[0]?.querySelector("span:not(.whose)")?.textContent;
      const label = input.dataset.keyLabel ?? text?.trim() ?? "";
      const name = question?.dataset.label ?? step?.textContent;
      return name ? `${name}: ${label}` : label;
    });
    const parts = [this.control.words(), labels.join(" · "), this.#rationale.value.trim()];
    return parts.filter(Boolean).join("\n");
  }

  /** @param {Field[]} fields */
  fill(fields) {
    this.clear();
    this.control.put(fields);
    for (const [name, value] of fields) {
      if (name === "rationale") this.#rationale.value = value;
      else if (name === "spans") this.#spans.append(hidden(name, value));
      else if (BESIDES.includes(name)) {
        for (const box of inputs(this.form, `input[name="${name}"]`)) {
          box.checked ||= box.value === value;
        }
      }
    }
    this.refresh();
  }

  clear() {
    this.control.clear();
    for (
      const box of inputs(
        this.form,
        "input[name=reasons], input[name=principles], input[name=flags]",
      )
    ) {
      box.checked = false;
    }
    this.#rationale.value = "";
    this.#spans.replaceChildren();
    for (const question of this.questions) this.#error(question).hidden = true;
    for (const pop of all(this.form, "details[open]")) pop.removeAttribute("open");
    this.go(0);
    this.refresh();
  }

  /**
   * The first thing that is missing, shown in its place; null when the form is complete. To be led
   * on to a question that has not been in view is the way through them and no mistake.
   * @param {boolean} rationaleRequired
   */
  missing(rationaleRequired) {
    const index = this.control.missing();
    const question = this.questions[index];
    if (question) {
      if (index === this.place) return this.#tell(this.control.lack(question));
      this.go(index);
      question.scrollIntoView({ block: "nearest" });
      const legend = question.querySelector("legend")?.firstChild?.textContent?.trim();
      const words = question.dataset.label ?? legend ?? "";
      return say("nextQuestion", { words });
    }
    const complaint = this.control.complaint();
    if (complaint) return complaint;
    const reasons = inputs(this.form, "input[name=reasons]:checked");
    const needsWords = reasons.some((reason) => reason.hasAttribute("data-needs-words"));
    const lacksReason = rationaleRequired && reasons.length === 0;
    const isLacking = needsWords || lacksReason || this.control.needsReason();
    if (isLacking && this.#rationale.value.trim() === "") {
      const [pop] = all(this.form, "[data-pop=reason]");
      if (pop) openLayer(pop);
      this.#rationale.focus();
      return this.#tell(say("sayWhy"));
    }
    return null;
  }

  /** Say what is missing at the question in view. @param {string} text */
  #tell(text) {
    const question = this.questions[this.place];
    if (question) {
      const error = this.#error(question);
      error.textContent = text;
      error.hidden = false;
      question.scrollIntoView({ block: "nearest" });
    }
    return text;
  }
}
