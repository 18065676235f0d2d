// What appears at selected words: what they belong to. Words are selected with a mouse or a finger,
// or word by word with the keys. What is marked of pictures (regions.js) is asked about likewise.

import { closeLayer, openLayer, say } from "../app.js";
import { short } from "./seen.js";

/**
 * @typedef {import("./seen.js").Seen} Seen
 * @typedef {import("./seen.js").Span} Span
 * @typedef {Omit<Span, "polarity">} Passage
 * @typedef {Passage | Omit<import("./seen.js").Region, "polarity">} Unattached
 *
 * Where the menu stands where no words are selected, what else of the page belongs to it, and what
 * is to be done when it is let go.
 * @typedef {{ at: () => DOMRect, holds: (target: Node) => boolean, left: () => void }} Stand
 *
 * What the passages of a page are kept in.
 * @typedef {object} Marks
 * @property {HTMLElement} task
 * @property {import("./seen.js").Target[]} targets
 * @property {() => Promise<Seen[] | null>} seen
 * @property {(seen: Seen, part: import("./seen.js").Stretch) => Passage} passage
 * @property {(mark: import("./seen.js").Mark) => boolean} add
 * @property {(mark: Unattached) => string} wordsOf
 * @property {() => Promise<boolean>} picture
 *
 * Where the keys are: from one word of a message to another.
 * @typedef {{ seen: Seen, anchor: number, focus: number }} Walk
 */

/** So long a selection rests before it is taken for one. */
const REST = 350;
const DIGITS = 9;

export class Menu {
  #isPraise = false;
  #isDown = false;
  #timer = 0;
  /** The target of the last passage, which Enter takes again. */
  #last = 0;
  /** @type {Walk | null} */
  #walk = null;
  /** What the next choice attaches. @type {Unattached | null} */
  #passage = null;
  /** @type {Stand | null} */
  #stand = null;
  /** What is said of it. @type {HTMLInputElement | null} */
  #note = null;

  /** @param {Marks} marks */
  constructor(marks) {
    this.marks = marks;
    this.box = document.createElement("div");
    this.box.className = "mark-menu";
    this.box.tabIndex = -1;
    this.box.hidden = true;
    this.box.dataset.drawer = "";
    this.box.setAttribute("role", "group");
    document.body.append(this.box);
    this.box.addEventListener("pointerdown", (event) => {
      if (event.target !== this.#note) event.preventDefault();
    });
    addEventListener("pointerdown", (event) => this.#pressedDown(event), { capture: true });
    addEventListener("pointerup", () => this.#released());
    addEventListener("pointercancel", () => this.#released());
    document.addEventListener("selectionchange", () => this.#rest(REST));
    addEventListener("keydown", (event) => this.#pressed(event), { capture: true });
    addEventListener("scroll", () => this.place(), { capture: true, passive: true });
    addEventListener("resize", () => this.place());
    this.#rest(REST);
  }

  /** @param {Event} event */
  #pressedDown({ target }) {
    this.#isDown = true;
    if (!this.#isOpen || !(target instanceof Node) || this.box.contains(target)) return;
    if (!this.#stand?.holds(target)) this.close();
  }

  #released() {
    this.#isDown = false;
    this.#rest(0);
  }

  get #isOpen() {
    return !this.box.hidden;
  }

  /** @param {number} wait */
  #rest(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#isDown || this.look(), wait);
  }

  /** Open where words are selected; close where none are any more. */
  async look() {
    if (this.#stand) return;
    const selection = getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) {
      if (this.#isOpen && !this.box.contains(document.activeElement)) this.close();
      return;
    }
    const range = selection.getRangeAt(0);
    const { task } = this.marks;
    if (this.#walk || !range.intersectsNode(task) || document.querySelector("dialog[open]")) return;
    if (!range.toString().trim()) return;
    const messages = await this.marks.seen();
    if (!messages) return this.tell(say("textsOffline"));
    const here = messages.filter(({ isVisible }) => isVisible);
    const seen = here.find(({ block }) => range.intersectsNode(block) && hasWords(range, block));
    const stretch = seen?.selected(range);
    if (!seen || !stretch) {
      const isText = task.contains(range.commonAncestorContainer);
      return isText ? this.tell(say("oneText")) : undefined;
    }
    const part = seen.aligned?.written(stretch.start, stretch.end);
    if (!part) return this.#unsure(seen);
    this.#open(this.marks.passage(seen, part), false);
  }

  /**
   * Say that words cannot be found for sure, and offer the text as it was written.
   * @param {Seen} seen
   */
  #unsure(seen) {
    const raw = /** @type {HTMLInputElement | null} */ (document.getElementById("raw"));
    const section = seen.block.closest(".side, .prompt");
    if (!raw || raw.checked || !section?.querySelector("pre.raw")) {
      return this.tell(say("cannotMark"));
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.dataset.key = "t";
    button.textContent = say("showWritten");
    button.addEventListener("click", () => {
      this.close();
      raw.click();
    });
    this.tell(say("notSure"), button);
  }

  // --- word by word ----------------------------------------------------------------------------

  /** Begin at the selected words, else with a picture, else with words. */
  async begin() {
    const selection = getSelection();
    if (selection && !selection.isCollapsed && !this.#walk) return this.look();
    if (!await this.marks.picture()) await this.words();
  }

  /** Begin where the keys were last, or at the first word in view. */
  async words() {
    const messages = await this.marks.seen();
    if (!messages) return this.tell(say("textsOffline"));
    const here = messages.filter((seen) => seen.isVisible && seen.words.length);
    const responses = here.filter(({ slot }) => slot !== "prompt");
    const before = here.find(({ block }) => block === this.#walk?.seen.block);
    if (before && this.#walk) this.#go({ ...this.#walk, seen: before });
    else {
      for (const seen of [...responses, ...here]) {
        const focus = seen.words.slice(0, 500).findIndex((word) => inView(seen.range(word)));
        if (focus >= 0) return this.#go({ seen, anchor: focus, focus });
      }
      const [seen] = [...responses, ...here];
      if (seen) this.#go({ seen, anchor: 0, focus: 0 });
      else this.tell(say("cannotMark"));
    }
  }

  /** @param {Walk} walk */
  #go(walk) {
    this.#walk = walk;
    const { seen, anchor, focus } = walk;
    const [first, last] = [
      seen.words[Math.min(anchor, focus)],
      seen.words[Math.max(anchor, focus)],
    ];
    if (!first || !last) return;
    const stretch = { start: first.start, end: last.end };
    const range = seen.range(stretch);
    const selection = getSelection();
    selection?.removeAllRanges();
    selection?.addRange(range);
    const edge = seen.range(seen.words[focus] ?? first);
    if (!inView(edge)) edge.startContainer.parentElement?.scrollIntoView({ block: "center" });
    const part = seen.aligned?.written(stretch.start, stretch.end);
    if (part) this.#open(this.marks.passage(seen, part), true);
    else this.#unsure(seen);
  }

  /**
   * @param {string} key
   * @param {boolean} extend
   */
  async #step(key, extend) {
    const walk = this.#walk ?? await this.#fromSelection();
    if (!walk) return;
    const { seen, anchor, focus } = walk;
    const { words } = seen;
    const forward = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
    let next = focus + forward;
    if (key === "ArrowUp" || key === "ArrowDown") {
      const paragraph = (/** @type {number} */ at) => seen.aligned?.stretch[words[at]?.start ?? -1];
      while (words[next] && paragraph(next) === paragraph(focus)) next += forward;
      // Back to where the paragraph before begins.
      while (forward < 0 && words[next - 1] && paragraph(next - 1) === paragraph(next)) next--;
    }
    if (words[next]) return this.#go({ seen, anchor: extend ? anchor : next, focus: next });
    if (extend) return;
    const messages = (await this.marks.seen())?.filter((s) => s.isVisible && s.words.length) ?? [];
    const at = messages.findIndex(({ block }) => block === seen.block);
    const other = messages[at + forward];
    if (at < 0 || !other) return;
    const place = forward > 0 ? 0 : other.words.length - 1;
    this.#go({ seen: other, anchor: place, focus: place });
  }

  /** The words that are selected by another way. @returns {Promise<Walk | null>} */
  async #fromSelection() {
    const selection = getSelection();
    if (!selection?.rangeCount) return null;
    const range = selection.getRangeAt(0);
    for (const seen of (await this.marks.seen()) ?? []) {
      const stretch = seen.isVisible ? seen.selected(range) : null;
      if (!stretch) continue;
      const { words } = seen;
      const anchor = words.findIndex(({ end }) => end > stretch.start);
      const focus = words.findLastIndex(({ start }) => start < stretch.end);
      if (anchor >= 0 && focus >= 0) return { seen, anchor, focus };
    }
    return null;
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    // The page closes what is open; the words are let go too.
    if (event.key === "Escape" && (this.#passage || this.#stand)) this.close();
    if (!this.#isOpen || event.ctrlKey || event.altKey || event.metaKey) return;
    const { key, shiftKey, target } = event;
    if (this.#stand || !key.startsWith("Arrow") || target === this.#note) return;
    event.preventDefault();
    this.#step(key, shiftKey);
  }

  // --- the menu --------------------------------------------------------------------------------

  /**
   * @param {Passage} passage
   * @param {boolean} isWalking
   */
  #open(passage, isWalking) {
    if (!isWalking) this.#walk = null;
    const quote = document.createElement("q");
    quote.dir = "auto";
    quote.textContent = short(passage.quote, 60);
    this.ask(passage, quote, null);
  }

  /** What is asked about is somewhere else now. @param {Unattached} mark */
  change(mark) {
    this.#passage = mark;
  }

  /**
   * Ask what a mark belongs to.
   * @param {Unattached} mark
   * @param {HTMLElement} words what is marked
   * @param {Stand | null} stand
   */
  ask(mark, words, stand) {
    this.#passage = mark;
    const { targets } = this.marks;
    this.#last = Math.min(this.#last, targets.length - 1);
    const about = document.createElement("p");
    const belongs = document.createElement("span");
    belongs.className = "muted";
    belongs.textContent = say("belongsTo");
    about.append(words, " ", belongs);
    const row = document.createElement("div");
    row.className = "row";
    for (const [place, { label }] of targets.entries()) {
      const digit = place < DIGITS ? String(place + 1) : "";
      const key = [digit, place === this.#last ? "Enter" : ""].filter(Boolean).join(" ");
      const chip = this.chip(label, digit, key, () => this.#attach(place));
      chip.classList.toggle("on", place === this.#last);
      row.append(chip);
    }
    const praise = this.chip(say("wellDone"), "W", "w", () => {
      this.#isPraise = !this.#isPraise;
      praise.setAttribute("aria-pressed", String(this.#isPraise));
    });
    praise.classList.add("praise");
    praise.setAttribute("aria-pressed", String(this.#isPraise));
    row.append(praise);
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.textContent = stand ? say("regionAsked") : say("markHint");
    const said = stand === this.#stand ? this.#note?.value : "";
    this.#note = noteField(said ?? "");
    this.#note.dataset.key = "n";
    this.show(stand, about, row, this.#note, hint);
  }

  /**
   * @param {string} label
   * @param {string} cap
   * @param {string} key
   * @param {() => void} act
   */
  chip(label, cap, key, act) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip";
    if (key) chip.dataset.key = key;
    const words = document.createElement("bdi");
    words.textContent = short(label, 40);
    chip.append(words);
    if (cap) {
      const hint = document.createElement("kbd");
      hint.setAttribute("aria-hidden", "true");
      hint.textContent = cap;
      chip.append(" ", hint);
    }
    chip.addEventListener("click", act);
    return chip;
  }

  /** @param {number} place */
  #attach(place) {
    const target = this.marks.targets[place];
    if (!this.#passage || !target) return;
    const polarity = this.#isPraise ? "praise" : "fault";
    const { about, name, label } = target;
    this.#last = place;
    const note = this.#note?.value.trim();
    const mark = { ...this.#passage, polarity, [about]: name, ...(note ? { note } : {}) };
    const isKept = this.marks.add(/** @type {import("./seen.js").Mark} */ (mark));
    if (!isKept) return this.tell(say("tooManyPassages"));
    const announcer = document.getElementById("announcer");
    const quote = short(this.marks.wordsOf(this.#passage), 60);
    this.#isPraise = false;
    if (announcer) announcer.textContent = say("attached", { quote, label });
    this.close();
  }

  /**
   * @param {string} sentence
   * @param {HTMLElement} [button]
   */
  tell(sentence, button) {
    this.#passage = null;
    const words = document.createElement("p");
    words.setAttribute("role", "status");
    words.textContent = sentence;
    this.show(null, words, ...(button ? [button] : []));
  }

  /**
   * @param {Stand | null} stand
   * @param {HTMLElement[]} content
   */
  show(stand, ...content) {
    const before = this.#stand;
    this.#stand = stand;
    if (before && !stand) before.left();
    this.box.setAttribute("aria-label", say("attachTo"));
    this.box.replaceChildren(...content);
    if (!this.#isOpen) {
      openLayer(this.box, this.marks.task);
      this.box.focus({ preventScroll: true });
    }
    this.place();
  }

  close() {
    this.#passage = this.#note = null;
    const stand = this.#stand;
    this.#stand = null;
    getSelection()?.removeAllRanges();
    if (this.#isOpen) closeLayer(this.box);
    stand?.left();
  }

  /** Where the menu belongs: at what is marked. */
  get #rects() {
    if (this.#stand) return [this.#stand.at()];
    const selection = getSelection();
    return selection?.rangeCount ? [...selection.getRangeAt(0).getClientRects()] : [];
  }

  /** Stand below what is marked, or above where there is no room; on a phone at the foot. */
  place() {
    // While a note is written the selection is in its field.
    if (!this.#isOpen || document.activeElement === this.#note) return;
    const rects = this.#rects;
    const rect = rects[rects.length - 1];
    if (!rect) return;
    const { offsetWidth, offsetHeight, style } = this.box;
    const left = Math.min(Math.max(rect.left, 12), innerWidth - offsetWidth - 12);
    const below = rect.bottom + 8;
    const above = (rects[0]?.top ?? rect.top) - offsetHeight - 8;
    const top = below + offsetHeight > innerHeight - 12 ? Math.max(above, 12) : below;
    style.setProperty("--left", `${Math.max(left, 12)}px`);
    style.setProperty("--top", `${top}px`);
  }
}

/**
 * Where a passage is said more of.
 * @param {string} note
 */
export function noteField(note) {
  const field = document.createElement("input");
  field.className = "note";
  field.maxLength = 500;
  field.value = note;
  field.dir = "auto";
  field.autocomplete = "off";
  field.placeholder = say("markNote");
  field.setAttribute("aria-label", say("markNote"));
  return field;
}

/** @param {Range} range */
function inView(range) {
  const { top, bottom, height } = range.getBoundingClientRect();
  const bar = document.getElementById("judgment")?.getBoundingClientRect().top ?? innerHeight;
  return height > 0 && top >= 0 && bottom <= Math.min(innerHeight, Math.max(bar, 120));
}

/**
 * Whether a selection has a word of a block, and not only its edge.
 * @param {Range} range
 * @param {Element} block
 */
function hasWords(range, block) {
  const own = document.createRange();
  own.selectNodeContents(block);
  const part = range.cloneRange();
  if (part.compareBoundaryPoints(Range.START_TO_START, own) < 0) {
    part.setStart(own.startContainer, own.startOffset);
  }
  if (part.compareBoundaryPoints(Range.END_TO_END, own) > 0) {
    part.setEnd(own.endContainer, own.endOffset);
  }
  return part.toString().trim() !== "";
}
