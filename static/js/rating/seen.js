// A message as it is on the screen, formatted or as written: its words, where they stand in the
// message, and marks on them. Nothing that a mark adds is text.

import { align } from "./align.js";

/** What is on the screen and in no message, or stands for something else there. */
const LEFT_OUT =
  ".math, .mark-char, .no-image, .nothing, .role, summary, button, p:has(+ pre.plain)";
const BLOCK = "p, li, td, th, pre, blockquote, h3, h4, h5, h6, div, summary";

const holder = document.createElement("textarea");

/** @param {string} entity such as &amp; which cannot be markup */
function decode(entity) {
  holder.innerHTML = entity;
  return holder.value;
}

/** @typedef {{ start: number, end: number }} Stretch */

/**
 * A passage as it is sent.
 * @typedef {object} Span
 * @property {string} slot
 * @property {number} message
 * @property {number} start
 * @property {number} end
 * @property {string} quote
 * @property {"fault" | "praise"} polarity
 * @property {string} [criterion]
 * @property {string} [flag]
 * @property {string} [principle]
 * @property {string} [note]
 *
 * A region of a picture as it is sent, in shares of the picture.
 * @typedef {object} Region
 * @property {string} slot
 * @property {number} message
 * @property {number} image
 * @property {number} x
 * @property {number} y
 * @property {number} w
 * @property {number} h
 * @property {"fault" | "praise"} polarity
 * @property {string} [criterion]
 * @property {string} [flag]
 * @property {string} [principle]
 * @property {string} [note]
 *
 * @typedef {Span | Region} Mark
 *
 * What a mark can be attached to.
 * @typedef {{ about: "criterion" | "flag" | "principle", name: string, label: string }} Target
 */

/** One message in one of its two views. */
export class Seen {
  /** @type {import("./align.js").Alignment | null | undefined} */
  #aligned;
  /** @type {Stretch[] | undefined} */
  #words;

  /**
   * @param {HTMLElement} block
   * @param {string} slot
   * @param {number} message
   * @param {string} raw
   */
  constructor(block, slot, message, raw) {
    this.block = block;
    this.slot = slot;
    this.message = message;
    this.raw = raw;
  }

  get isVisible() {
    return this.block.getClientRects().length > 0;
  }

  /** Its text nodes, where each begins, and which follow each other with nothing left out. */
  #nodes() {
    const walker = document.createTreeWalker(this.block, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let [start, chunk] = [0, 0];
    /** @type {Element | null} */
    let block = null;
    /** @type {Element | null} */
    let link = null;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = /** @type {Element} */ (node.parentElement);
      if (this.block.contains(parent.closest(LEFT_OUT))) {
        chunk++;
        continue;
      }
      const [nextBlock, nextLink] = [parent.closest(BLOCK), parent.closest("a")];
      if (nextBlock !== block || (link && link !== nextLink)) chunk++;
      [block, link] = [nextBlock, nextLink];
      const text = /** @type {Text} */ (node);
      nodes.push({ node: text, start, chunk });
      start += text.data.length;
    }
    return nodes;
  }

  /** What is seen beside what was written; null where they cannot be put together. */
  get aligned() {
    if (this.#aligned === undefined) {
      const pieces = this.#nodes().map(({ node, chunk }) => ({ text: node.data, chunk }));
      this.#aligned = align(pieces, this.raw, decode);
    }
    return this.#aligned;
  }

  /** Its words that can be marked, in order. */
  get words() {
    const { aligned } = this;
    if (!aligned) return [];
    if (!this.#words) {
      const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
      this.#words = [...segmenter.segment(aligned.seen)]
        .filter(({ isWordLike, index }) => isWordLike && (aligned.from[index] ?? -1) >= 0)
        .map(({ index, segment }) => ({ start: index, end: index + segment.length }));
    }
    return this.#words;
  }

  /**
   * The place in what is seen of a place in the document.
   * @param {Node} container
   * @param {number} offset
   */
  #place(container, offset) {
    const nodes = this.#nodes();
    const own = nodes.find(({ node }) => node === container);
    if (own) return own.start + offset;
    const range = document.createRange();
    range.setStart(container, offset);
    const after = nodes.find(({ node }) => range.comparePoint(node, 0) >= 0);
    const last = nodes.at(-1);
    return after?.start ?? (last ? last.start + last.node.data.length : 0);
  }

  /**
   * What of a selection stands here; null where it takes words of something else along.
   * @param {Range} range
   * @returns {Stretch | null}
   */
  selected(range) {
    const all = document.createRange();
    all.selectNodeContents(this.block);
    const [before, behind] = [range.cloneRange(), range.cloneRange()];
    const startsHere = this.block.contains(range.startContainer);
    const endsHere = this.block.contains(range.endContainer);
    if (!startsHere) before.setEnd(all.startContainer, all.startOffset);
    if (!endsHere) behind.setStart(all.endContainer, all.endOffset);
    if (!startsHere && before.toString().trim()) return null;
    if (!endsHere && behind.toString().trim()) return null;
    const start = startsHere ? this.#place(range.startContainer, range.startOffset) : 0;
    const end = endsHere
      ? this.#place(range.endContainer, range.endOffset)
      : this.#place(all.endContainer, all.endOffset);
    return start < end ? { start, end } : null;
  }

  /**
   * The part of the document in which a stretch is seen.
   * @param {Stretch} stretch
   */
  range({ start, end }) {
    const range = document.createRange();
    for (const { node, start: at } of this.#nodes()) {
      const stop = at + node.data.length;
      if (start >= at && start < stop) range.setStart(node, start - at);
      if (end > at && end <= stop) range.setEnd(node, end - at);
    }
    return range;
  }

  /**
   * Mark what is seen of a part of the message.
   * @param {Stretch} part in units of the message
   * @param {boolean} isPraise
   * @param {string} number
   * @returns {HTMLElement | undefined} the last piece of it
   */
  mark({ start, end }, isPraise, number) {
    const stretch = this.aligned?.shown(start, end);
    if (!stretch) return undefined;
    /** @type {HTMLElement | undefined} */
    let last;
    for (const { node, start: at } of this.#nodes()) {
      const [from, to] = [Math.max(stretch.start - at, 0), stretch.end - at];
      if (from >= node.data.length || to <= 0) continue;
      if (!node.data.slice(from, to).trim()) continue;
      const part = from > 0 ? node.splitText(from) : node;
      if (to - from < part.data.length) part.splitText(to - from);
      last = document.createElement("mark");
      last.className = "span";
      last.classList.toggle("good", isPraise);
      part.replaceWith(last);
      last.append(part);
    }
    if (last && number) last.dataset.n = number;
    return last;
  }
}

/**
 * Take all marks away.
 * @param {ParentNode} root
 */
export function unmark(root) {
  for (const mark of root.querySelectorAll("mark.span")) {
    const { parentNode } = mark;
    mark.replaceWith(...mark.childNodes);
    parentNode?.normalize();
  }
}

/**
 * The messages of a task in both views.
 * @param {HTMLElement} task
 * @param {Record<string, string[]>} texts by slot
 */
export function messagesSeen(task, texts) {
  /** @type {Seen[]} */
  const messages = [];
  const sides = [...task.querySelectorAll(".side")].map((side, place) => {
    const slot = side instanceof HTMLElement ? side.dataset.response : "";
    return /** @type {const} */ ([slot || String.fromCharCode(65 + place), side]);
  });
  const prompt = task.querySelector(".prompt");
  for (const [slot, section] of prompt ? [["prompt", prompt], ...sides] : sides) {
    if (typeof slot !== "string" || typeof section === "string") continue;
    const own = texts[slot] ?? [];
    for (const [block, message] of blocks(section, own.length)) {
      messages.push(new Seen(block, slot, message, own[message] ?? ""));
    }
  }
  return messages;
}

/**
 * What shows each message of a text.
 * @param {Element} section
 * @param {number} count how many messages it has
 * @returns {[HTMLElement, number][]}
 */
function blocks(section, count) {
  /** @type {[HTMLElement, number][]} */
  const pairs = [];
  /** @param {ParentNode | null} root @param {string} selector */
  const all = (root, selector) => [
    .../** @type {NodeListOf<HTMLElement>} */ (root?.querySelectorAll(selector) ?? []),
  ];
  const [formatted] = all(section, ".formatted");
  const turns = all(section, ".formatted .turn");
  if (formatted && !turns.length && count === 1) pairs.push([formatted, 0]);
  // Of very many, the first may be left out.
  for (const [place, turn] of turns.entries()) {
    const [content] = all(turn, ":scope > .content");
    const message = count - turns.length + place;
    if (content && message >= 0) pairs.push([content, message]);
  }
  const [raw] = all(section, "pre.raw");
  const parts = all(section, "pre.raw [data-message]");
  if (raw && !parts.length && count === 1) pairs.push([raw, 0]);
  for (const part of parts) pairs.push([part, Number(part.dataset.message)]);
  return pairs;
}

/**
 * The beginning of some words, on one line.
 * @param {string} text
 * @param {number} most
 */
export function short(text, most) {
  const line = text.replace(/\s+/g, " ").trim();
  const chars = [...line.slice(0, most * 2 + 2)];
  return chars.length > most ? `${chars.slice(0, most).join("").trim()}…` : line;
}
