// The bar as a form: what is chosen, which question is in view, what is missing.

const SKIPPED_FIELDS = new Set(["csrfmiddlewaretoken", "key", "active_ms", "idle_ms"]);

export class Bar {
  constructor(form) {
    this.form = form;
    this.questions = [...form.querySelectorAll("[data-criterion]")];
    this.steps = [...form.querySelectorAll("[data-step]")];
    this.place = 0;
    form.querySelector(".steps")?.removeAttribute("hidden");
    for (const [index, step] of this.steps.entries()) step.addEventListener("click", () => this.enter(index));
    form.addEventListener("change", (event) => this.#changed(event.target));
    form.addEventListener("input", () => this.refresh());
    const wrong = this.questions.findIndex((question) => !question.querySelector("[data-error]").hidden);
    this.go(Math.max(0, wrong));
    this.refresh();
  }

  get primary() {
    return this.questions.find((question) => question.hasAttribute("data-primary"));
  }

  get tie() {
    return this.form.querySelector("input[name=tie_kind]:checked")?.value ?? "";
  }

  /** Show one question; the others keep their answers. */
  go(index) {
    this.place = Math.min(Math.max(index, 0), this.questions.length - 1);
    for (const [i, question] of this.questions.entries()) question.classList.toggle("later", i !== this.place);
    for (const [i, step] of this.steps.entries()) {
      if (i === this.place) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
  }

  /** Show one question and put the focus on its scale, choosing nothing. */
  enter(index) {
    this.go(index);
    const question = this.questions[this.place];
    (question.querySelector("input:checked") ?? question.querySelector("input")).focus({ preventScroll: true });
  }

  /** Move along the scale in view: -1 towards the first side, +1 towards the second. */
  move(direction) {
    const inputs = [...this.questions[this.place].querySelectorAll("input[type=radio]")];
    const at = inputs.findIndex((input) => input.checked);
    const middle = inputs.filter((input) => Number.parseInt(input.value, 10) < 0).length;
    const start = direction < 0 ? middle : middle - 1;
    const next = inputs[Math.min(Math.max((at < 0 ? start : at) + direction, 0), inputs.length - 1)];
    next.click();
  }

  #changed(target) {
    if (target.name === "tie_kind" && target.checked) {
      for (const other of this.form.querySelectorAll("input[name=tie_kind]")) if (other !== target) other.checked = false;
      for (const input of this.primary?.querySelectorAll("input:checked") ?? []) input.checked = false;
    } else if (target.type === "radio" && this.primary?.contains(target)) {
      for (const chip of this.form.querySelectorAll("input[name=tie_kind]")) chip.checked = false;
    }
    if (target.type === "radio") target.closest("[data-criterion]")?.querySelector("[data-error]").setAttribute("hidden", "");
    this.refresh();
  }

  #answered(question) {
    return question.querySelector("input:checked") !== null || (question.hasAttribute("data-primary") && this.tie !== "");
  }

  /** Marks on the chips and steps of what is filled in. */
  refresh() {
    for (const [i, step] of this.steps.entries()) step.classList.toggle("answered", this.#answered(this.questions[i]));
    const cited = [...this.form.querySelectorAll("input[name=principles]:checked")].map((box) => `P${box.value}`);
    const flags = this.form.querySelectorAll("input[name=flags]:checked").length;
    this.#mark("reason", this.form.elements.rationale.value.trim() !== "");
    this.#mark("principles", cited.length > 0, "[data-cited]", cited.length ? cited.join(", ") : "Principles");
    this.#mark("flags", flags > 0, "[data-flagged]", flags > 1 ? `${flags} flags` : flags ? "1 flag" : "Flag");
  }

  #mark(name, filled, label, text) {
    const pop = this.form.querySelector(`[data-pop=${name}]`);
    pop?.classList.toggle("filled", filled);
    const holder = label && pop?.querySelector(label);
    if (holder && holder.textContent !== text) holder.textContent = text;
  }

  /** What is filled in, as [name, value] pairs. */
  values() {
    return [...new FormData(this.form)].filter(([name, value]) => !SKIPPED_FIELDS.has(name) && value !== "");
  }

  fill(pairs) {
    this.clear();
    for (const [name, value] of pairs) {
      for (const field of this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === String(value);
        else field.value = value;
      }
    }
    this.refresh();
  }

  clear() {
    for (const input of this.form.querySelectorAll("input[type=radio], input[type=checkbox]")) {
      if (input.form === this.form) input.checked = false;
    }
    this.form.elements.rationale.value = "";
    for (const error of this.form.querySelectorAll("[data-error]")) error.hidden = true;
    for (const pop of this.form.querySelectorAll("details[open]")) pop.open = false;
    this.go(0);
    this.refresh();
  }

  /** The first thing that is missing, shown in its place; null when the form is complete. */
  missing(rationaleRequired) {
    const index = this.questions.findIndex((question) => question.hasAttribute("data-required") && !this.#answered(question));
    if (index >= 0 && this.tie === "") {
      this.go(index);
      return this.say(this.questions[index], "Choose a place on the scale first.");
    }
    if (this.questions.length && !this.questions.some((question) => this.#answered(question))) {
      return this.say(this.questions[0], "Choose a place on the scale first.");
    }
    if (rationaleRequired && this.form.elements.rationale.value.trim() === "") {
      this.form.querySelector("[data-pop=reason]").open = true;
      this.form.elements.rationale.focus();
      return this.say(this.questions[this.place], "Say in a sentence what decided it.");
    }
    return null;
  }

  say(question, text) {
    const error = question.querySelector("[data-error]");
    error.textContent = text;
    error.hidden = false;
    return text;
  }
}
