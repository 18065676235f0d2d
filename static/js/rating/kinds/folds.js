// Long responses among several: folded until somebody reads them whole.

import { sayCount } from "../../app.js";

/** Beyond this, words are told by the spaces between them. */
const SEGMENTED_CHARS = 20000;
/** What a fold must hide at least to be worth a button. */
const WORTH_PX = 60;

/**
 * How many words a text has, in whatever language.
 * @param {string} text
 */
function countWords(text) {
  if (text.length > SEGMENTED_CHARS || !("Segmenter" in Intl)) return text.split(/\s+/).length;
  const words = new Intl.Segmenter(undefined, { granularity: "word" }).segment(text);
  return [...words].filter(({ isWordLike }) => isWordLike).length;
}

export class Folds {
  /** The button of each text that is folded, by its response's letter. @type {Map<string, HTMLElement>} */
  closed = new Map();
  /** Letters of what was read whole, by the task. @type {Map<string, Set<string>>} */
  #read = new Map();
  /** The task at hand. */
  #task = "";

  /** @param {() => void} turned hears of a text that was opened */
  constructor(turned) {
    this.turned = turned;
  }

  /**
   * Fold what is long among the responses of a task.
   * @param {HTMLElement} task
   * @param {Map<string, HTMLElement>} cards
   */
  begin(task, cards) {
    const id = task.dataset.assignment ?? "";
    const read = this.#read.get(id) ?? new Set();
    this.#task = id;
    this.#read.set(id, read);
    const boxes = [...cards].flatMap(([slot, card]) => {
      const box = card.querySelector(".fold");
      box?.querySelector("[data-unfold]")?.remove();
      box?.classList.toggle("closed", !read.has(slot));
      return box ? [{ slot, box }] : [];
    });
    const long = boxes.filter(({ box: { firstElementChild: text } }) =>
      text && text.scrollHeight > text.clientHeight + WORTH_PX
    );
    for (const { box } of boxes) box.classList.remove("closed");
    this.closed = new Map(long.map(({ slot, box }) => [slot, this.#fold(slot, box, read)]));
  }

  /** Letters of what was folded and read on the task at hand. */
  get opened() {
    return [...this.#read.get(this.#task) ?? []];
  }

  /**
   * What was read before is not folded again.
   * @param {string} slot
   */
  open(slot) {
    this.closed.get(slot)?.click();
  }

  /**
   * @param {string} slot
   * @param {Element} box
   * @param {Set<string>} read
   */
  #fold(slot, box, read) {
    const button = document.createElement("button");
    button.type = "button";
    button.classList.add("button", "small");
    button.dataset.unfold = "";
    const count = countWords(box.firstElementChild?.textContent?.trim() ?? "");
    button.textContent = sayCount("readAll", count);
    box.classList.add("closed");
    box.append(button);
    const open = () => {
      box.classList.remove("closed");
      button.remove();
      read.add(slot);
      this.closed.delete(slot);
      this.turned();
    };
    button.addEventListener("click", () => {
      const hadFocus = button === document.activeElement;
      open();
      if (hadFocus) document.getElementById("task")?.focus({ preventScroll: true });
    });
    // What is in there cannot be reached by Tab and stay hidden.
    box.addEventListener("focusin", ({ target }) => {
      if (button.isConnected && target !== button) open();
    });
    return button;
  }
}
