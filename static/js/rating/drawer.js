// The guideline beside the task while it is open: what is asked now comes first, words are found in
// it, and its reader comes back to where they were. Loaded when it is opened first.

import { wear } from "./style.js";

/** Matches of a search that are marked at most. */
const MOST = 500;
/** Milliseconds of rest after which a place is stored. */
const REST = 150;

/**
 * Where somebody was: at which block of the text, how far from the top, asked which question.
 * @typedef {{ block: number, offset: number, about: string }} Place
 */

class Drawer {
  #timer = 0;
  #frame = 0;
  /** @type {Place | null} */
  #place = null;
  /** @type {Range[]} */
  #matches = [];
  #shown = -1;

  /** @param {HTMLElement} box */
  constructor(box) {
    const [text, field, told] = ["[data-text]", "[data-find]", "output"].map((
      selector,
    ) => /** @type {HTMLElement} */ (box.querySelector(selector)));
    this.box = box;
    this.text = /** @type {HTMLElement} */ (text);
    this.field = /** @type {HTMLInputElement} */ (field);
    this.told = /** @type {HTMLElement} */ (told);
    /** In the order in which they came, whatever is moved later. */
    this.blocks = [...this.text.querySelectorAll("h2, h3, h4, p, li, pre, tr")];
    const desk = document.getElementById("desk")?.dataset ?? {};
    this.name = `concord:place:${desk.project}:${desk.guideline}`;
    box.addEventListener("scroll", () => {
      cancelAnimationFrame(this.#frame);
      this.#frame = requestAnimationFrame(() => this.remember());
    });
    this.field.addEventListener("input", () => this.find());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.lead(event.shiftKey ? -1 : 1);
    });
  }

  /** The question that is asked now. */
  get about() {
    const question = document.querySelector("[data-criterion]:not(.later)");
    return question instanceof HTMLElement ? question.dataset.criterion ?? "" : "";
  }

  /** How far down the text begins: its head stays in view. */
  get top() {
    const head = this.box.querySelector("header")?.getBoundingClientRect();
    return head?.bottom ?? this.box.getBoundingClientRect().top;
  }

  /** What was asked and answered stands behind the guideline, as it is now. */
  async fetchPrecedents() {
    const box = this.text.querySelector("[data-precedents]");
    if (!(box instanceof HTMLElement)) return;
    // Without a connection, those that are here stay.
    const response = await fetch(box.dataset.precedents ?? "").catch(() => null);
    if (!response?.ok || response.redirected) return;
    box.innerHTML = await response.text();
    this.putFirst(box);
    if (this.field.value) this.find();
    const shown = box.querySelector("[data-until]");
    if (shown instanceof HTMLElement) (await import("./unread.js")).read(shown);
  }

  /** What is said of the question at hand comes first. @param {ParentNode} within */
  putFirst(within) {
    const { about } = this;
    const parts = /** @type {NodeListOf<HTMLElement>} */ (within.querySelectorAll("[data-about]"));
    for (const part of parts) {
      const isHere = part.dataset.about === about;
      part.classList.toggle("here", isHere);
      const heading = part.parentElement?.querySelector(":scope > h3");
      if (isHere && heading) heading.after(part);
      else if (isHere) part.parentElement?.prepend(part);
    }
  }

  /** It was opened: what is asked now comes first; whoever was here before is back there. */
  opened() {
    const { about } = this;
    this.fetchPrecedents();
    this.putFirst(this.text);
    const place = this.recall();
    const block = place && this.blocks[place.block];
    const isElsewhere = place?.about !== about && this.box.querySelector(".here");
    if (!block || isElsewhere) this.box.scrollTop = 0;
    else this.box.scrollTop += block.getBoundingClientRect().top - this.top - place.offset;
  }

  remember() {
    if (this.box.hidden) return;
    const { top, about } = this;
    const block = this.blocks.findIndex((part) => part.getBoundingClientRect().bottom > top);
    const offset = (this.blocks[block]?.getBoundingClientRect().top ?? top) - top;
    this.#place = { block, offset, about };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#store(), REST);
  }

  #store() {
    try {
      localStorage.setItem(this.name, JSON.stringify(this.#place));
    } catch {
      // It is switched off or full: then a page that is loaded anew opens at the beginning.
    }
  }

  /** @returns {Place | null} */
  recall() {
    if (this.#place) return this.#place;
    try {
      const place = JSON.parse(localStorage.getItem(this.name) ?? "null");
      return Number.isInteger(place?.block) && Number.isFinite(place.offset) ? place : null;
    } catch {
      return null;
    }
  }

  // --- words ---------------------------------------------------------------------------------------

  find() {
    this.#matches = matches(this.text, this.field.value);
    this.#shown = -1;
    mark("found", this.#matches);
    mark("found-here", []);
    this.told.textContent = this.field.value.trim() ? this.told.dataset.none ?? "" : "";
    if (this.#matches.length) this.lead(1);
  }

  /** To the next match or the one before. @param {1 | -1} step */
  lead(step) {
    const count = this.#matches.length;
    if (!count) return;
    this.#shown = (this.#shown + step + count) % count;
    const match = /** @type {Range} */ (this.#matches[this.#shown]);
    mark("found-here", [match]);
    const { top, bottom } = match.getBoundingClientRect();
    const end = this.box.getBoundingClientRect().bottom;
    if (top < this.top || bottom > end) {
      this.box.scrollTop += top - this.top - (end - this.top) / 4;
    }
    const words = this.told.dataset.some ?? "";
    this.told.textContent = words
      .replace("{place}", String(this.#shown + 1))
      .replace("{count}", String(count));
  }
}

/**
 * Where words stand in a text, whatever their case and the space between them.
 * @param {HTMLElement} text
 * @param {string} words
 */
function matches(text, words) {
  const wanted = words.trim().split(/\s+/).map((word) =>
    word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
  );
  if (!wanted[0]) return [];
  /** @type {{ node: Text, start: number }[]} */
  const nodes = [];
  let all = "";
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node: /** @type {Text} */ (node), start: all.length });
    all += node.textContent ?? "";
  }
  /** @param {number} at */
  const place = (at) => {
    let low = 0;
    let high = nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((nodes[middle]?.start ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const { node, start } = /** @type {{ node: Text, start: number }} */ (nodes[low]);
    return { node, offset: at - start };
  };
  const ranges = [];
  for (const { 0: match, index } of all.matchAll(new RegExp(wanted.join("\\s+"), "gi"))) {
    const [from, to] = [place(index), place(index + match.length - 1)];
    const range = new Range();
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset + 1);
    ranges.push(range);
    if (ranges.length === MOST) break;
  }
  return ranges;
}

/**
 * Mark parts of a text; a browser that cannot shows them by scrolling alone.
 * @param {string} name
 * @param {Range[]} ranges
 */
function mark(name, ranges) {
  if (!("highlights" in CSS)) return;
  CSS.highlights.set(name, new Highlight(...ranges));
}

/** @type {Drawer | undefined} */
let drawer;

/** @param {HTMLElement} box the drawer, which was just opened */
export async function opened(box) {
  // Without it the head does not stay, and what is typed there scrolls the text away.
  if (box.dataset.style) await wear(box.dataset.style).catch(() => {});
  drawer ??= new Drawer(box);
  drawer.opened();
  // Typed before this was here.
  if (drawer.field.value) drawer.find();
}
