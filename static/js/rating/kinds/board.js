// The board of a ranking: a tray of letters and places from best to worst. It shows where everything
// is and tells what somebody does with a letter, by tapping, dragging or the keys on it.

import { say } from "../../app.js";

/**
 * Where the responses are, by letter (0: no place yet), and which is in the hand.
 * @typedef {{ places: Map<string, number>, held: string }} Standing
 *
 * What is done: a letter is taken up, or put in a place (0: back on the tray).
 * @typedef {{ pick(slot: string): void, put(slot: string, place: number): void }} Moves
 */

/** How far a pointer goes before it drags. */
const DRAG_PX = 6;

/**
 * The elements that a selector finds.
 * @param {ParentNode} root
 * @param {string} selector
 */
function all(root, selector) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector))];
}

/** @param {string[]} letters */
export function listed(letters) {
  const { lang } = document.documentElement;
  return new Intl.ListFormat(lang || "en", { type: "conjunction" }).format(letters);
}

export class Board {
  held = "";

  /**
   * @param {HTMLElement} question
   * @param {Moves} moves
   */
  constructor(question, moves) {
    this.moves = moves;
    this.box = /** @type {HTMLElement} */ (question.querySelector("[data-board]"));
    this.box.hidden = false;
    this.tokens = all(this.box, "[data-token]");
    this.bands = all(this.box, "[data-band]");
    this.tray = /** @type {HTMLElement} */ (this.box.querySelector("[data-tray]"));
    for (const token of this.tokens) this.#listen(token);
    for (const [index, band] of this.bands.entries()) {
      band.querySelector("button")?.addEventListener("click", (event) => {
        this.moves.put(this.held, index + 1);
        this.#giveBack(event);
      });
    }
  }

  get letters() {
    return this.tokens.map((token) => token.dataset.token ?? "");
  }

  /**
   * The keys belong to the task again after a click: Enter submits.
   * @param {MouseEvent} event
   */
  #giveBack({ detail }) {
    if (detail) document.getElementById("task")?.focus({ preventScroll: true });
  }

  // --- taking up and dragging ------------------------------------------------------------------

  /** @param {HTMLElement} token */
  #listen(token) {
    const slot = token.dataset.token ?? "";
    let wasDragged = false;
    token.addEventListener("click", (event) => {
      if (!wasDragged) this.moves.pick(slot);
      wasDragged = false;
      this.#giveBack(event);
    });
    token.addEventListener("pointerdown", (start) => {
      wasDragged = false;
      if (!start.isPrimary || start.button) return;
      token.setPointerCapture(start.pointerId);
      const end = new AbortController();
      /** @param {PointerEvent} event */
      const move = (event) => {
        const [x, y] = [event.clientX - start.clientX, event.clientY - start.clientY];
        if (!wasDragged && Math.hypot(x, y) < DRAG_PX) return;
        wasDragged = true;
        token.classList.add("dragged");
        token.style.translate = `${x}px ${y}px`;
        this.#over(this.#under(event));
      };
      /** @param {PointerEvent} event */
      const drop = (event) => {
        end.abort();
        token.classList.remove("dragged");
        token.style.translate = "";
        this.#over(undefined);
        const place = wasDragged && event.type === "pointerup" ? this.#under(event) : undefined;
        if (place !== undefined) this.moves.put(slot, place);
      };
      const { signal } = end;
      token.addEventListener("pointermove", move, { signal });
      token.addEventListener("pointerup", drop, { signal });
      token.addEventListener("pointercancel", drop, { signal });
    });
  }

  /**
   * The place under a pointer, 0 for the tray.
   * @param {PointerEvent} event
   */
  #under({ clientX: x, clientY: y }) {
    const boxes = [this.tray, ...this.bands].map((box) => box.getBoundingClientRect());
    const place = boxes.findIndex((box) =>
      box.left <= x && x <= box.right && box.top <= y && y <= box.bottom
    );
    return place < 0 ? undefined : place;
  }

  /** @param {number | undefined} place */
  #over(place) {
    for (const [index, band] of this.bands.entries()) {
      band.classList.toggle("over", index + 1 === place);
    }
  }

  // --- showing ---------------------------------------------------------------------------------

  /** @param {Standing} standing */
  draw({ places, held }) {
    this.held = held;
    const focused = this.tokens.find((token) => token === document.activeElement);
    for (const [place, box] of [this.tray, ...this.bands].entries()) {
      this.#fill(box, this.letters.filter((letter) => places.get(letter) === place));
    }
    for (const token of this.tokens) this.#name(token, places, held);
    for (const [index, band] of this.bands.entries()) {
      const beside = this.letters.filter((letter) =>
        places.get(letter) === index + 1 && letter !== held
      );
      const target = band.querySelector("button");
      const facts = { slot: held, place: index + 1, others: listed(beside) };
      const words = beside.length ? say("rankPutBeside", facts) : say("rankPut", facts);
      target?.setAttribute("aria-label", held ? words : say("rankPlace", facts));
    }
    const isLeft = [...places.values()].includes(0);
    const words = this.tray.querySelector("small");
    if (words) words.textContent = isLeft ? say("rankToPlace") : say("rankAllPlaced");
    this.tray.classList.toggle("asks", held !== "");
    focused?.focus({ preventScroll: true });
  }

  /**
   * Letters in a place, a tie as one piece.
   * @param {HTMLElement} box
   * @param {string[]} letters
   */
  #fill(box, letters) {
    const holder = /** @type {HTMLElement} */ (box.querySelector(".tokens"));
    const present = all(holder, "[data-token]").map((token) => token.dataset.token);
    if (present.join() === letters.join()) return;
    const isTie = box !== this.tray && letters.length > 1;
    holder.classList.toggle("tied", isTie);
    const tokens = letters.map((
      letter,
    ) => /** @type {Node} */ (this.tokens.find((token) => token.dataset.token === letter)));
    holder.replaceChildren(
      ...tokens.flatMap((token, i) => isTie && i ? [equals(), token] : [token]),
    );
  }

  /**
   * @param {HTMLElement} token
   * @param {Map<string, number>} places
   * @param {string} held
   */
  #name(token, places, held) {
    const slot = token.dataset.token ?? "";
    const facts = { slot, place: places.get(slot) ?? 0 };
    token.classList.toggle("held", slot === held);
    token.setAttribute("aria-pressed", String(slot === held));
    const words = facts.place ? say("rankTokenPlaced", facts) : say("rankToken", facts);
    token.setAttribute("aria-label", slot === held ? say("rankTokenHeld", facts) : words);
  }
}

function equals() {
  const sign = document.createElement("span");
  sign.className = "eq";
  sign.setAttribute("aria-hidden", "true");
  sign.textContent = "=";
  return sign;
}
