// Passages marked in the texts: numbered there, listed on the bar and under their questions, and kept
// as fields of the form, so that drafts, the queue and undo know nothing special of them. Loaded with
// the first selection, by its key, or by a task that has some.

import { closeLayer, learnWords, say, sayCount } from "../app.js";
import { hidden } from "./bar.js";
import { codePoints, codeUnits } from "./align.js";
import { Menu, noteField } from "./markmenu.js";
import { messagesSeen, short, unmark } from "./seen.js";
import { wear } from "./style.js";

/**
 * @typedef {import("./seen.js").Span} Span
 * @typedef {import("./seen.js").Target} Target
 */

const MOST = 200;
const ORDER = /** @type {const} */ (["criterion", "principle", "flag"]);

/** @param {string} id */
function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 */
function all(root, selector) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector))];
}

/**
 * The principle that a question is about, such as P3; "" for none.
 * @param {HTMLElement} question
 */
function ruleOf(question) {
  const name = question.querySelector("input")?.getAttribute("name") ?? "";
  return /\.(P\d+)$/.exec(name)?.[1] ?? "";
}

/** @param {Span} span */
export function aboutOf(span) {
  const about = ORDER.find((key) => span[key]) ?? "criterion";
  return { about, name: span[about] ?? "" };
}

export class Marks {
  /** The texts of tasks as they were written. @type {Map<string, Record<string, string[]>>} */
  #texts = new Map();
  #drawn = "";
  #isDrawing = false;
  /** The list of passages on the bar. @type {HTMLDetailsElement | null} */
  pop = null;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.holder = part("spans");
    this.desk = part("desk");
    this.menu = new Menu(this);
    const redraw = new MutationObserver(() => this.draw());
    redraw.observe(this.holder, { childList: true });
    // A new task, or one that is filled in again: its marks, if it came with any, are drawn anew.
    new MutationObserver(() => {
      this.#drawn = "";
      this.draw();
    }).observe(this.desk, { childList: true });
    // The same task with other text on the screen.
    this.desk.addEventListener("redraw", () => {
      this.#drawn = "";
      this.draw();
    });
    this.draw();
  }

  get task() {
    return /** @type {HTMLElement} */ (this.desk.firstElementChild);
  }

  /** The passages that are marked. @type {Span[]} */
  get spans() {
    const fields = /** @type {NodeListOf<HTMLInputElement>} */ (
      this.holder.querySelectorAll("input")
    );
    return [...fields].flatMap(({ value }) => {
      try {
        return [JSON.parse(value)];
      } catch {
        return [];
      }
    });
  }

  /** The messages on the screen; null where their texts cannot be had. */
  async seen() {
    const { task } = this;
    const id = task.dataset.assignment ?? "";
    let texts = this.#texts.get(id);
    if (!texts) {
      try {
        const reply = await fetch(`${this.desk.dataset.base}${id}/texts/`, {
          headers: { Accept: "application/json" },
        });
        if (!reply.ok || reply.redirected) return null;
        const data = await reply.json();
        texts = /** @type {Record<string, string[]>} */ (data.texts);
        this.#furnish(data.html);
      } catch {
        return null;
      }
      this.#texts.set(id, texts);
    }
    return task === this.task ? messagesSeen(task, texts) : null;
  }

  /**
   * Take what marking says and shows, which comes with the first texts.
   * @param {string} html
   */
  #furnish(html) {
    if (this.pop) return;
    const holder = document.createElement("template");
    holder.innerHTML = html;
    learnWords(holder.content);
    wear(say("marksStyle"));
    const pop = /** @type {HTMLDetailsElement} */ (holder.content.querySelector("details"));
    part("mark-words").after(pop);
    pop.querySelector("[data-close]")?.addEventListener("click", () => closeLayer(pop));
    this.pop = pop;
  }

  /** What passages can be attached to, as the page asks it. @returns {Target[]} */
  get targets() {
    /** @type {Map<string, Target>} */
    const found = new Map();
    /** @param {Target["about"]} about @param {string} name @param {string} label */
    const add = (about, name, label) => {
      if (!found.has(about + name)) found.set(about + name, { about, name, label: label.trim() });
    };
    for (const root of [this.form, this.task]) {
      for (const question of all(root, "[data-criterion]")) {
        const key = question.dataset.criterion ?? "";
        const rule = ruleOf(question);
        if (rule) {
          add("principle", rule, question.querySelector("legend")?.textContent ?? rule);
          continue;
        }
        const step = this.form.querySelector(`[data-step="${CSS.escape(key)}"]`);
        const legend = question.querySelector("legend");
        const words = step ?? legend?.querySelector("bdi") ?? legend?.firstChild;
        add("criterion", key, words?.textContent ?? key);
      }
    }
    for (const about of /** @type {const} */ (["principle", "flag"])) {
      for (const box of all(this.form, `input[name=${about}s]`)) {
        const { value, labels } = /** @type {HTMLInputElement} */ (box);
        const label = labels?.[0]?.querySelector("span")?.textContent ?? value;
        add(about, about === "flag" ? value : `P${value}`, label);
      }
    }
    return [...found.values()];
  }

  /**
   * What a passage is attached to, in words.
   * @param {Span} span
   */
  labelOf(span) {
    const { about, name } = aboutOf(span);
    const target = this.targets.find((other) => other.about === about && other.name === name);
    return target?.label ?? name;
  }

  /**
   * The passage of a part of a message.
   * @param {import("./seen.js").Seen} seen
   * @param {{ start: number, end: number }} part in units of the message
   */
  passage({ slot, message, raw }, { start, end }) {
    const quote = raw.slice(start, end);
    return { slot, message, start: codePoints(raw, start), end: codePoints(raw, end), quote };
  }

  /**
   * Keep a passage; whether there was room for it.
   * @param {Span} span
   */
  add(span) {
    const value = JSON.stringify(span);
    const values = this.spans.map((other) => JSON.stringify(other));
    if (values.includes(value)) return true;
    if (values.length >= MOST) return false;
    this.holder.append(hidden("spans", value));
    this.#changed();
    return true;
  }

  /** @param {number} place */
  remove(place) {
    this.holder.children[place]?.remove();
    this.#changed();
  }

  /**
   * @param {number} place
   * @param {string} note
   */
  #say(place, note) {
    const field = /** @type {HTMLInputElement | undefined} */ (this.holder.children[place]);
    const span = this.spans[place];
    if (!field || !span) return;
    delete span.note;
    field.value = JSON.stringify(note ? { ...span, note } : span);
    this.#changed();
    this.draw();
  }

  #changed() {
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Show what is marked: in the text, under the questions beside it, on the bar. */
  async draw() {
    const { spans, task } = this;
    const state = JSON.stringify([task.dataset.assignment, spans]);
    if (state === this.#drawn || this.#isDrawing) return;
    this.#drawn = state;
    this.#isDrawing = true;
    const seen = spans.length ? await this.seen() : [];
    this.#isDrawing = false;
    this.#list(spans);
    unmark(task);
    for (const [place, span] of spans.entries()) {
      for (const message of seen ?? []) {
        if (message.slot !== span.slot || message.message !== span.message) continue;
        const start = codeUnits(message.raw, span.start);
        const end = codeUnits(message.raw, span.end);
        message.mark({ start, end }, span.polarity === "praise", String(place + 1));
      }
    }
    if (task !== this.task || state !== JSON.stringify([task.dataset.assignment, this.spans])) {
      this.draw();
    }
  }

  /**
   * The passages in words, each with a button that takes it away.
   * @param {Span[]} spans
   */
  #list(spans) {
    const { pop } = this;
    if (!pop) return;
    const list = /** @type {HTMLElement} */ (pop.querySelector("[data-marks]"));
    for (const line of all(document, ".quote-mark")) line.remove();
    pop.hidden = spans.length === 0;
    if (pop.hidden) pop.open = false;
    const count = pop.querySelector("[data-count]");
    if (count) count.textContent = sayCount("passages", spans.length);
    const panels = all(this.task, "[data-panel]");
    for (const [place, span] of spans.entries()) {
      list.append(this.#line(span, place, true));
      const { about, name } = aboutOf(span);
      // Of several panels the one of its text; the letters of texts are their places.
      const panel = panels[panels.length === 1 ? 0 : span.slot.charCodeAt(0) - 65];
      const questions = panel ? all(panel, "[data-criterion]") : [];
      const question = questions.find((other) => {
        const rule = ruleOf(other);
        return about === "principle" ? rule === name : !rule && other.dataset.criterion === name;
      });
      if (about !== "flag") question?.append(this.#line(span, place, false));
    }
  }

  /**
   * @param {Span} span
   * @param {number} place
   * @param {boolean} isNamed whether it says what it is attached to
   */
  #line(span, place, isNamed) {
    const line = document.createElement("p");
    line.className = `quote-mark ${span.polarity}`;
    const number = document.createElement("b");
    number.className = "n";
    number.textContent = String(place + 1);
    const quote = document.createElement("q");
    quote.dir = "auto";
    quote.textContent = short(span.quote, 120);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "quiet";
    remove.setAttribute("aria-label", say("removePassage", { number: place + 1 }));
    remove.textContent = "×";
    remove.addEventListener("click", () => this.remove(place));
    line.append(number, quote);
    if (isNamed) {
      const label = document.createElement("span");
      const words = { label: this.labelOf(span) };
      label.textContent = span.polarity === "praise"
        ? say("passagePraises", words)
        : say("passageFaults", words);
      const note = noteField(span.note ?? "");
      note.addEventListener("change", () => this.#say(place, note.value.trim()));
      line.append(label, note);
    } else if (span.note) {
      const note = document.createElement("span");
      note.dir = "auto";
      note.textContent = span.note;
      line.append(note);
    }
    line.append(remove);
    return line;
  }
}

/** @type {Marks | undefined} */
let marks;

/**
 * The marks of this page.
 * @param {HTMLFormElement} form
 */
export function marksOf(form) {
  marks ??= new Marks(form);
  return marks;
}
