// Passages marked in the texts, and regions of pictures: numbered there, listed on the bar and under
// their questions, and kept as fields of the form, so that drafts, the queue and undo know nothing
// special of them. Loaded with the first selection, by its key, or by a task that has some.

import { closeLayer, learnWords, openLayer, say, sayCount } from "../app.js";
import { hidden } from "./bar.js";
import { codePoints, codeUnits } from "./align.js";
import { Menu, noteField } from "./markmenu.js";
import { messagesSeen, short, unmark } from "./seen.js";
import { wear } from "./style.js";

/**
 * @typedef {import("./seen.js").Span} Span
 * @typedef {import("./seen.js").Mark} Mark
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

/** @param {Mark} span */
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

  /** What is marked. @type {Mark[]} */
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
        await this.#furnish(data.html);
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
  async #furnish(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    learnWords(holder.content);
    if (this.pop) return;
    const worn = wear(say("marksStyle")).catch(() => {});
    const pop = /** @type {HTMLDetailsElement} */ (holder.content.querySelector("details"));
    part("mark-words").after(pop);
    // Closed, it gives the keys back to the task.
    pop.querySelector("summary")?.addEventListener("click", (event) => {
      event.preventDefault();
      if (pop.open) closeLayer(pop);
      else openLayer(pop, this.task);
    });
    pop.querySelector("[data-close]")?.addEventListener("click", () => closeLayer(pop));
    this.pop = pop;
    await worn; // What it shows has its size then.
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
      // That no principle fits is none to attach a mark to.
      for (const box of all(this.form, `input[name=${about}s]:not([value="0"])`)) {
        const { value, labels } = /** @type {HTMLInputElement} */ (box);
        const label = labels?.[0]?.querySelector("span")?.textContent ?? value;
        add(about, about === "flag" ? value : `P${value}`, label);
      }
    }
    return [...found.values()];
  }

  /**
   * What a mark is attached to, in words.
   * @param {Mark} span
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

  /** Begin a region where the task shows a picture; whether it does. */
  async picture() {
    if (!this.task.querySelector("[data-view]")) return false;
    await (await import("./regions.js")).begin(this);
    return true;
  }

  /**
   * What is marked: the words of a passage, where a region is.
   * @param {import("./markmenu.js").Unattached} mark
   */
  wordsOf(mark) {
    if (!("x" in mark)) return mark.quote;
    const percent = (/** @type {number} */ share) => Math.round(100 * share);
    const [left, top, width, height] = [mark.x, mark.y, mark.w, mark.h].map(percent);
    const sides = { left: left ?? 0, top: top ?? 0, width: width ?? 0, height: height ?? 0 };
    if (mark.slot === "prompt") return say("regionOfPrompt", sides);
    return say("regionOf", { name: mark.slot, ...sides });
  }

  /**
   * Keep a mark; whether there was room for it.
   * @param {Mark} span
   */
  add(span) {
    const value = JSON.stringify(span);
    const values = this.spans.map((other) => JSON.stringify(other));
    if (values.includes(value)) return true;
    const likes = this.spans.filter((other) => "x" in other === "x" in span);
    if (likes.length >= MOST) return false;
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
      if ("x" in span) continue;
      for (const message of seen ?? []) {
        if (message.slot !== span.slot || message.message !== span.message) continue;
        const start = codeUnits(message.raw, span.start);
        const end = codeUnits(message.raw, span.end);
        message.mark({ start, end }, span.polarity === "praise", String(place + 1));
      }
    }
    if (spans.some((mark) => "x" in mark) || task.querySelector("svg.regions")) {
      (await import("./regions.js")).drawRegions(this);
    }
    if (task !== this.task || state !== JSON.stringify([task.dataset.assignment, this.spans])) {
      this.draw();
    }
  }

  /**
   * What is marked in words, each with a button that takes it away.
   * @param {Mark[]} spans
   */
  #list(spans) {
    const { pop } = this;
    if (!pop) return;
    const list = /** @type {HTMLElement} */ (pop.querySelector("[data-marks]"));
    for (const line of all(document, ".quote-mark")) line.remove();
    pop.hidden = spans.length === 0;
    if (pop.hidden) pop.open = false;
    const count = pop.querySelector("[data-count]");
    const isPictured = spans.some((mark) => "x" in mark);
    if (count) {
      count.textContent = isPictured
        ? sayCount("marks", spans.length)
        : sayCount("passages", spans.length);
    }
    const panels = all(this.task, "[data-panel]");
    for (const [place, span] of spans.entries()) {
      list.append(this.line(span, place, "list"));
      const { about, name } = aboutOf(span);
      // Of several panels the one of its text; the letters of texts are their places.
      const panel = panels[panels.length === 1 ? 0 : span.slot.charCodeAt(0) - 65];
      const questions = panel ? all(panel, "[data-criterion]") : [];
      const question = questions.find((other) => {
        const rule = ruleOf(other);
        return about === "principle" ? rule === name : !rule && other.dataset.criterion === name;
      });
      if (about !== "flag") question?.append(this.line(span, place, "question"));
    }
  }

  /**
   * A mark in words, with a button that takes it away.
   * @param {Mark} span
   * @param {number} place
   * @param {"list" | "question" | "picture"} where it stands: in the list a note can be written, and
   *   under its question it need not say what it is attached to
   */
  line(span, place, where) {
    const line = document.createElement("p");
    line.className = `quote-mark ${span.polarity}`;
    const number = document.createElement("b");
    number.className = "n";
    number.textContent = String(place + 1);
    const quote = document.createElement("x" in span ? "span" : "q");
    quote.dir = "auto";
    quote.textContent = short(this.wordsOf(span), 120);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "quiet";
    const numbered = { number: place + 1 };
    const taken = "x" in span ? say("removeRegion", numbered) : say("removePassage", numbered);
    remove.setAttribute("aria-label", taken);
    remove.textContent = "×";
    remove.addEventListener("click", () => this.remove(place));
    line.append(number, quote);
    const label = document.createElement("span");
    const said = { label: this.labelOf(span) };
    label.textContent = span.polarity === "praise"
      ? say("passagePraises", said)
      : say("passageFaults", said);
    if (where === "picture") {
      label.className = "strong";
      quote.before(label);
      quote.className = "visually-hidden";
    }
    if (where === "list") {
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
