// What a rater asks because the guideline does not say it: kept while it is written, sent by its
// button, by Ctrl Enter, or when its task is left. Comes with the first question.

import { account, closeLayer, say } from "../app.js";
import { post, read, write } from "./store.js";

/** @import { Screen } from "./screen.js" */

/**
 * A question that is not sent: of which task, and what it says.
 * @typedef {{ id: number, text: string, criterion: string }} Draft
 */

class Question {
  #field = /** @type {HTMLTextAreaElement} */ (document.getElementById("asked"));
  #about = /** @type {HTMLSelectElement | null} */ (document.getElementById("asked-about"));
  #error = /** @type {HTMLElement} */ (document.getElementById("ask-error"));

  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    // A browser may be shared.
    this.name = `concord:${account}:question:${screen.project}`;
    this.id = screen.id;
    const draft = /** @type {Draft | null} */ (read(this.name));
    if (draft?.id === this.id) {
      this.#field.value ||= draft.text;
      if (this.#about) this.#about.value = draft.criterion;
    } else if (draft) this.#post(draft);
    for (const field of [this.#field, this.#about]) {
      field?.addEventListener("input", () => this.#keep());
    }
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.send();
    });
    const desk = document.getElementById("desk");
    if (desk) new MutationObserver(() => this.#moved()).observe(desk, { childList: true });
    addEventListener("online", () => {
      const left = /** @type {Draft | null} */ (read(this.name));
      if (left && left.id !== this.id) this.#post(left);
    });
    this.#keep();
  }

  /** @returns {Draft} */
  get #draft() {
    const criterion = this.#about?.value ?? "";
    return { id: this.id, text: this.#field.value, criterion };
  }

  #keep() {
    this.#error.hidden = true;
    if (this.#field.value.trim()) write(this.name, this.#draft);
    else write(this.name, null);
    const pop = this.#field.closest("details");
    pop?.classList.toggle("filled", this.#field.value.trim() !== "");
  }

  #clear() {
    this.#field.value = "";
    if (this.#about) this.#about.value = "";
    this.#field.closest("details")?.classList.remove("filled");
  }

  /** Another task is on the screen: what was written of the one before is sent. */
  #moved() {
    if (this.screen.id === this.id) return;
    const draft = this.#draft;
    this.id = this.screen.id;
    this.#clear();
    if (draft.text.trim()) this.#post(draft);
  }

  /** Send what is written. */
  async send() {
    const { state, data } = await this.#post(this.#draft);
    if (state === "ok") {
      this.#clear();
      const pop = this.#field.closest("details");
      if (pop?.open) closeLayer(pop);
      this.screen.tellLast(data?.message ?? "", false);
    } else {
      this.#error.textContent = data?.message ?? say("needsConnection");
      this.#error.hidden = false;
      this.#field.focus();
    }
  }

  /** @param {Draft} draft */
  async #post({ id, text, criterion }) {
    const url = this.screen.address(id, "ask");
    const reply = await post(url, [["text", text], ["criterion", criterion]]);
    const kept = /** @type {Draft | null} */ (read(this.name));
    // What is refused of another task can be mended nowhere.
    const isOver = reply.state === "ok" || (reply.state === "refused" && id !== this.id);
    if (isOver && kept?.id === id && kept.text === text) write(this.name, null);
    return reply;
  }
}

/** @type {Question | undefined} */
let question;

/** @param {Screen} screen */
export function asking(screen) {
  question ??= new Question(screen);
  return question;
}
