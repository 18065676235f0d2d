// An editor beside the bar: its words are counted, its difference from an original shown while
// somebody writes, and what was typed and pasted is counted, without any record of keys.

import { post } from "./store.js";
import { say, sayCount } from "../app.js";
import { countWords, wordChanges } from "./difference.js";

/**
 * What went into the text: characters.
 * @typedef {{ typed: number, pasted: number }} Counts
 */

const PASTED = new Set(["insertFromPaste", "insertFromDrop", "insertFromYank"]);

/**
 * The part of the task on the screen that a selector finds.
 * @template {Element} E
 * @param {string} selector
 * @returns {E | null}
 */
function part(selector) {
  return /** @type {E | null} */ (document.querySelector(`#desk ${selector}`));
}

/** @type {WeakMap<HTMLFormElement, Editor>} */
const editors = new WeakMap();

/**
 * The editor of a page, the same for every kind of task that writes.
 * @param {HTMLFormElement} form
 */
export function editorOf(form) {
  const editor = editors.get(form) ?? new Editor(form);
  editors.set(form, editor);
  return editor;
}

class Editor {
  /** How long the text was, and how much of it was marked, before what comes. */
  #before = { length: 0, marked: 0 };
  #timer = 0;
  /** What was last cut, copied or dragged out of the text: it may be put back. */
  #own = "";

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    document.addEventListener("beforeinput", (event) => {
      const field = this.text;
      if (event.target !== field || !field) return;
      if (field.dataset.noPaste !== undefined && PASTED.has(event.inputType)) {
        const moved = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
        if (!this.#own || moved.trim() !== this.#own) {
          event.preventDefault();
          this.say(say("pasteRefused"));
          return;
        }
      }
      const marked = field.selectionEnd - field.selectionStart;
      this.#before = { length: field.value.length, marked };
    });
    document.addEventListener("input", (event) => {
      const field = this.text;
      if (!field || event.target !== field || !(event instanceof InputEvent)) return;
      this.#count(event.inputType, field);
      this.say("");
    }, { capture: true });
    for (const type of ["cut", "copy", "dragstart"]) {
      document.addEventListener(type, ({ target }) => {
        const field = this.text;
        if (target !== field || !field) return;
        this.#own = field.value.slice(field.selectionStart, field.selectionEnd).trim();
      }, { capture: true });
    }
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.target !== this.text) return;
      // The keys are the page's again.
      event.preventDefault();
      document.getElementById("task")?.focus({ preventScroll: true });
    });
    document.addEventListener("click", ({ target }) => {
      if (!(target instanceof Element)) return;
      if (target.closest("[data-to-original]")) this.toOriginal();
    });
    document.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!(button instanceof HTMLElement) || !button.matches("[data-preview]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.#preview(button);
    }, { capture: true });
  }

  /** The field of the task on the screen. */
  get text() {
    return /** @type {HTMLTextAreaElement | null} */ (part("[data-text]"));
  }

  /** What the text began from, null where it began from nothing. */
  get original() {
    const holder = /** @type {HTMLTemplateElement | null} */ (part("[data-original-text]"));
    return holder ? holder.content.textContent ?? "" : null;
  }

  /** Whether a word is other than in the original. */
  get isChanged() {
    const { original, text } = this;
    if (original === null || !text) return false;
    return wordChanges(original, text.value).some(({ kind }) => kind !== "same");
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement | null} */ (part(`input[name="${name}"]`));
  }

  /** Bring what stands around the text up to date, once somebody pauses. */
  showSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.show(), 120);
  }

  /**
   * @param {string} how
   * @param {HTMLTextAreaElement} field
   */
  #count(how, field) {
    const typed = this.#field("typed");
    const pasted = this.#field("pasted");
    const { length, marked } = this.#before;
    const more = Math.max(0, field.value.length - length + marked);
    const takesNone = field.dataset.noPaste !== undefined;
    if (takesNone && pasted?.value && !field.value) pasted.value = "0"; // begun anew
    if (!typed || !pasted || !how.startsWith("insert")) return;
    // What was moved within the text is neither: nothing else could be pasted.
    if (takesNone && PASTED.has(how)) return;
    const counter = PASTED.has(how) ? pasted : typed;
    typed.value ||= "0";
    pasted.value ||= "0";
    counter.value = String(Number(counter.value) + more);
    this.#before = { length: field.value.length, marked: 0 };
  }

  /** Put the text back as it was. */
  toOriginal() {
    const field = this.text;
    if (!field || this.original === null) return;
    field.value = this.original;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  /**
   * Show the text formatted, or the editor again.
   * @param {HTMLElement} button
   */
  async #preview(button) {
    const field = this.text;
    const shown = /** @type {HTMLElement | null} */ (part("[data-preview-of]"));
    if (!field || !shown) return;
    const open = shown.hidden;
    if (open) {
      const { state, data } = await post(
        /** @type {HTMLButtonElement} */ (button).formAction,
        [["text", field.value]],
      );
      if (state !== "ok" || typeof data?.html !== "string") return this.say(say("previewLater"));
      shown.innerHTML = data.html; // made safe by the server, as every text is
    }
    shown.hidden = !open;
    field.hidden = open;
    button.setAttribute("aria-pressed", String(open));
    if (!open) field.focus();
  }

  /**
   * Say what is wrong with the text.
   * @param {string} words
   */
  say(words) {
    const error = /** @type {HTMLElement | null} */ (part("#edit-error"));
    if (!error) return;
    error.textContent = words;
    error.hidden = !words;
    if (words) this.text?.focus();
  }

  /** Bring what stands around the text up to date. */
  show() {
    const field = this.text;
    if (!field) return;
    const { original } = this;
    const count = part("[data-count]");
    if (count) count.textContent = sayCount("words", countWords(field.value));
    this.#showCounts();
    part("[data-to-original]")?.toggleAttribute("hidden", original === null);
    const box = part("[data-difference]");
    if (!box || original === null) return;
    const changes = wordChanges(original, field.value);
    box.replaceChildren(...changes.map(({ kind, text }) => {
      if (kind === "same") return document.createTextNode(text);
      const element = document.createElement(kind === "added" ? "ins" : "del");
      element.textContent = text;
      return element;
    }));
    const [added, removed] = ["added", "removed"].map((wanted) =>
      changes.reduce((sum, { kind, words }) => sum + (kind === wanted ? words : 0), 0)
    );
    const changed = part("[data-changed]");
    const words = say("wordsChanged", { added: added ?? 0, removed: removed ?? 0 });
    if (changed) changed.textContent = changes.every(({ kind }) => kind === "same") ? "" : words;
  }

  #showCounts() {
    const [typed, pasted] = ["typed", "pasted"].map((name) => Number(this.#field(name)?.value));
    const box = part("[data-counted]");
    if (!box || typed === undefined || pasted === undefined) return;
    const all = typed + pasted;
    box.removeAttribute("hidden");
    const [first, second] = ["[data-typed]", "[data-pasted]"].map((name) => part(name));
    if (first) first.textContent = sayCount("characters", typed);
    const share = all ? Math.round((100 * pasted) / all) : 0;
    if (second) second.textContent = `${sayCount("characters", pasted)} (${share}%)`;
  }
}
