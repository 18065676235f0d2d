// Ranking several responses: each has a place, the same place is a tie. Where a response stands is
// in a field at its text, which works by itself; the board shows it and fills it in. The letter in
// the hand is what digits and arrows move. Before it, responses may be rated one by one.

import { layer, say, sayCount } from "../../app.js";
import { isTyping } from "../../keys.js";
import { Control, fieldsOf } from "../bar.js";
import { Board, listed } from "./board.js";
import { Each } from "./each.js";
import { Folds } from "./folds.js";

/** Stands around a letter in a sentence that is set in bold there. */
const BOLD = "\u0002";

/** @param {string} slot */
const bold = (slot) => BOLD + slot + BOLD;

export default class Rank extends Control {
  /** @type {Map<HTMLElement, Board>} */
  #boards = new Map();
  /** @type {Map<HTMLElement, Each>} */
  #eaches = new Map();
  /** The response in the hand. */
  #held = "";
  /** The one that was in the hand before it. */
  #former = "";
  /** Places as they were before ratings put them in order. @type {Map<string, number> | null} */
  #before = null;
  /** By letter. @type {Map<string, HTMLElement>} */
  #cards = new Map();
  #folds = new Folds(() => this.changed());
  /** @type {HTMLElement | undefined} */
  #task;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    super(form);
    form.addEventListener("click", ({ target }) => {
      const chip = target instanceof Element ? target.closest("[data-order], [data-two]") : null;
      if (chip?.matches("[data-order]")) this.#order();
      else if (chip) this.#showTwo(!this.#isTwo);
    });
    addEventListener("keydown", (event) => this.#escape(event), { capture: true });
  }

  /**
   * @override
   * @param {HTMLElement} task
   */
  begin(task) {
    this.#task = task;
    const cards = /** @type {NodeListOf<HTMLElement>} */ (task.querySelectorAll("[data-response]"));
    this.#cards = new Map([...cards].map((card) => [card.dataset.response ?? "", card]));
    for (const question of this.questions) this.#equip(question);
    for (const [slot, card] of this.#cards) {
      const rated = card.querySelector("[data-rated]");
      rated?.addEventListener("click", () => this.#rate(slot));
    }
    for (const chip of this.#chips()) chip.hidden = false;
    this.#folds.begin(task, this.#cards);
    this.#before = null;
    this.#start();
    this.#showTwo(false);
  }

  /**
   * What a question is answered with; it stays with the bar while tasks come and go.
   * @param {HTMLElement} question
   */
  #equip(question) {
    if (question.querySelector("[data-board]")) {
      if (this.#boards.has(question)) return;
      const moves = {
        pick: (/** @type {string} */ slot) => this.#pick(slot),
        put: (/** @type {string} */ slot, /** @type {number} */ place) =>
          this.#put(question, slot, place),
      };
      this.#boards.set(question, new Board(question, moves));
    } else if (question.querySelector("[data-each]") && !this.#eaches.has(question)) {
      this.#eaches.set(question, new Each(question, () => this.#turned(question)));
    }
  }

  /** The chips of this kind. */
  #chips() {
    const chips = this.form.querySelectorAll("[data-order], [data-two]");
    return /** @type {NodeListOf<HTMLElement>} */ (chips);
  }

  /** The question in view. */
  get #question() {
    return this.questions.find((question) => !question.classList.contains("later"));
  }

  /** The ranking in view, else the first. */
  get #ranking() {
    const [first] = this.#boards.keys();
    const question = this.#question;
    return question && this.#boards.has(question) ? question : first;
  }

  // --- where everything stands: in the fields at the texts ---------------------------------------

  /**
   * The fields of a ranking, by letter.
   * @param {HTMLElement} question
   */
  #fields(question) {
    const prefix = `answer.${question.dataset.criterion}.`;
    const fields = fieldsOf(this.form).filter(({ name }) => name.startsWith(prefix));
    return new Map(fields.map((field) => [field.name.slice(prefix.length), field]));
  }

  /**
   * The places of a ranking by letter; 0 where there is none.
   * @param {HTMLElement} question
   */
  #places(question) {
    const most = this.#cards.size;
    return new Map([...this.#fields(question)].map(([slot, { value }]) => {
      const place = /^[1-9]$/.test(value.trim()) ? Number(value) : 0;
      return [slot, place > most ? 0 : place];
    }));
  }

  /**
   * Letters that have no place yet.
   * @param {HTMLElement} question
   */
  #open(question) {
    return [...this.#places(question)].filter(([, place]) => !place).map(([slot]) => slot);
  }

  /**
   * Fill in places, as somebody would who types them.
   * @param {HTMLElement} question
   * @param {Map<string, number>} places
   */
  #write(question, places) {
    for (const [slot, field] of this.#fields(question)) {
      field.value = String(places.get(slot) || "");
    }
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // --- moving ----------------------------------------------------------------------------------

  /** @param {string} slot */
  #pick(slot) {
    if (slot && slot !== this.#held) this.#former = this.#held;
    this.#held = slot;
    this.changed();
    if (this.#isTwo) this.#showTwo(true);
    this.#cards.get(slot)?.scrollIntoView({ block: "nearest" });
  }

  /**
   * Put a response in a place and take up the next that has none.
   * @param {HTMLElement} question
   * @param {string} slot
   * @param {number} place
   */
  #put(question, slot, place) {
    if (!slot) {
      this.#announce(say("rankPickFirst"));
      return;
    }
    this.#before = null;
    this.#held = slot;
    const places = this.#places(question).set(slot, place);
    const open = [...places].filter(([, at]) => !at).map(([other]) => other);
    const next = place ? open.find((other) => other > slot) ?? open[0] ?? "" : slot;
    this.#write(question, places);
    this.#pick(next);
  }

  /**
   * Move what is in the hand by one place: up towards the best.
   * @param {HTMLElement} question
   * @param {-1 | 1} direction
   */
  #shift(question, direction) {
    const places = this.#places(question);
    const most = places.size;
    const place = places.get(this.#held) || (direction < 0 ? most + 1 : 0);
    places.set(this.#held, Math.min(Math.max(place + direction, 1), most));
    this.#before = null;
    this.#write(question, places);
  }

  /**
   * Esc closes two side by side, then lets go of what is in the hand.
   * @param {KeyboardEvent} event
   */
  #escape(event) {
    const { key, target, defaultPrevented } = event;
    if (key !== "Escape" || defaultPrevented || layer() || isTyping(target)) return;
    if (!this.#task?.isConnected) return;
    if (this.#isTwo) this.#showTwo(false);
    else if (this.#held && this.#question === this.#ranking) this.#pick("");
  }

  /** Put what is rated in the order of its ratings, equal ones in one place; then as it was. */
  #order() {
    const question = this.#ranking;
    const rating = this.#rating;
    if (!question || !rating) return;
    this.leadOn(question);
    const places = this.#places(question);
    if (this.#before) {
      this.#write(question, this.#before);
      this.#before = null;
    } else if (rating.choices.size) {
      const values = new Map([...rating.choices].map(([slot, { value }]) => [slot, Number(value)]));
      const steps = [...new Set(values.values())].filter((value) => !Number.isNaN(value));
      steps.sort((a, b) => b - a);
      this.#before = new Map(places);
      for (const [slot, value] of values) places.set(slot, steps.indexOf(value) + 1);
      this.#write(question, places);
    }
    this.#pick(this.#open(question)[0] ?? "");
  }

  // --- rating first ----------------------------------------------------------------------------

  /** The first question that rates each response. */
  get #rating() {
    return [...this.#eaches].find(([, { box }]) => box.dataset.most)?.[1];
  }

  /**
   * Rate a response, or change how it is rated.
   * @param {string} slot
   */
  #rate(slot) {
    const rating = this.#rating;
    if (!rating) return;
    this.leadOn(rating.question);
    rating.goTo(slot);
  }

  /** @param {HTMLElement} question */
  #turned(question) {
    if (question !== this.#question) return;
    this.changed();
    this.#cards.get(this.#eaches.get(question)?.slot ?? "")?.scrollIntoView({ block: "nearest" });
  }

  // --- what the bar asks -----------------------------------------------------------------------

  /**
   * @override
   * @param {HTMLElement} question
   */
  answered(question) {
    const each = this.#eaches.get(question);
    return each ? each.isComplete : this.#open(question).length === 0;
  }

  /**
   * @override
   * @param {HTMLElement} question
   */
  focus(question) {
    const each = this.#eaches.get(question);
    if (each) each.focus();
    else this.#boards.get(question)?.box.focus({ preventScroll: true });
  }

  /**
   * @override
   * @param {HTMLElement} question
   * @param {-1 | 1} direction
   */
  move(question, direction) {
    const each = this.#eaches.get(question);
    if (each) {
      each.go(each.at + direction);
      return;
    }
    const letters = [...this.#cards.keys()];
    const at = letters.indexOf(this.#held);
    const next = at < 0 && direction < 0 ? letters.length - 1 : at + direction;
    this.#pick(letters[Math.min(Math.max(next, 0), letters.length - 1)] ?? "");
  }

  /**
   * @override
   * @param {HTMLElement} question
   * @param {-1 | 1} direction
   */
  climb(question, direction) {
    const isHeld = this.#boards.has(question) && this.#held !== "";
    return isHeld ? () => this.#shift(question, direction) : null;
  }

  /**
   * @override
   * @param {HTMLInputElement} chosen
   */
  settle(chosen) {
    const question = /** @type {HTMLElement | null} */ (chosen.closest("[data-criterion]"));
    const each = question && this.#eaches.get(question);
    if (each && !each.next()) this.leadOn();
  }

  /** @override */
  missing() {
    return this.questions.findIndex((question) => {
      const each = this.#eaches.get(question);
      const isRequired = question.hasAttribute("data-required");
      if (each) return isRequired ? !each.isComplete : each.isPartial;
      const { length } = this.#open(question);
      const isOpen = isRequired ? length > 0 : length > 0 && length < this.#cards.size;
      return isOpen || this.#folds.closed.size > 0;
    });
  }

  /**
   * @override
   * @param {HTMLElement} question
   */
  lack(question) {
    if (this.#eaches.has(question)) return say("eachAll");
    const open = this.#open(question);
    if (open.length) return say("rankPlaceFirst", { slots: listed(open) });
    return say("rankReadFirst", { slots: listed([...this.#folds.closed.keys()]) });
  }

  /**
   * What is filled in, and which long texts were read.
   * @override
   */
  read() {
    const opened = this.#folds.opened.map((
      slot,
    ) => /** @type {import("../types.js").Field} */ (["opened", slot]));
    return [...super.read(), ...opened];
  }

  /**
   * @override
   * @param {import("../types.js").Field[]} fields
   */
  put(fields) {
    super.put(fields);
    for (const [name, slot] of fields) if (name === "opened") this.#folds.open(slot);
    this.#start();
  }

  /** @override */
  clear() {
    super.clear();
    this.#start();
  }

  /**
   * @override
   * @param {HTMLElement} question
   */
  unanswer(question) {
    super.unanswer(question);
    this.#eaches.get(question)?.reset();
    if (!this.#boards.has(question)) return;
    this.#write(question, new Map());
    this.#start();
  }

  /** Take up the first that has no place. */
  #start() {
    const question = this.#ranking;
    this.#held = question ? this.#open(question)[0] ?? "" : "";
    this.#former = "";
    for (const each of this.#eaches.values()) each.reset();
  }

  /** @override */
  words() {
    const rankings = [...this.#boards.keys()].map((question) => this.#said(question));
    return rankings.join(" · ").replaceAll(BOLD, "");
  }

  // --- showing ---------------------------------------------------------------------------------

  /** @override */
  changed() {
    for (const [question, board] of this.#boards) {
      const places = this.#places(question);
      board.draw({ places, held: this.#held });
      this.#tell(question, places);
    }
    for (const each of this.#eaches.values()) each.draw();
    const question = this.#ranking;
    for (const [slot, card] of this.#cards) this.#drawCard(slot, card, question);
    this.#nameFold();
    const lacks = this.missing();
    this.form.querySelector(".submit")?.setAttribute("aria-disabled", String(lacks >= 0));
    for (const [index, question] of this.questions.entries()) {
      const error = /** @type {HTMLElement | null} */ (question.querySelector("[data-error]"));
      if (error && index !== lacks) error.hidden = true;
    }
  }

  /**
   * The order in words.
   * @param {HTMLElement} question
   */
  #said(question) {
    const places = [...this.#places(question)].filter(([, place]) => place);
    const taken = [...new Set(places.map(([, place]) => place))].sort((a, b) => a - b);
    const parts = taken.map((place) => {
      const band = places.filter(([, at]) => at === place).map(([slot]) => bold(slot));
      return band.length > 1 ? say("rankTied", { list: listed(band) }) : band.join("");
    });
    if (!parts.length) return "";
    const order = parts.reduce((before, after) => say("rankThen", { before, after }));
    return say("rankOrder", { order });
  }

  /**
   * @param {HTMLElement} question
   * @param {Map<string, number>} places
   */
  #tell(question, places) {
    const line = question.querySelector("[data-order-said]");
    const [order, left] = /** @type {Iterable<HTMLElement>} */ (line?.children ?? []);
    if (!order || !left) return;
    const held = this.#held && say("rankInHand", { slot: bold(this.#held) });
    const text = [this.#said(question), held].filter(Boolean).join(" ");
    const count = [...places.values()].filter((place) => !place).length;
    const words = count ? sayCount("rankLeft", count) : "";
    if (left.textContent !== words) left.textContent = words;
    if (order.dataset.text === text) return;
    order.dataset.text = text;
    order.replaceChildren(
      ...text.split(BOLD).map((part, i) => {
        const piece = document.createElement(i % 2 ? "b" : "span");
        piece.textContent = part;
        return piece;
      }),
    );
  }

  /**
   * @param {string} slot
   * @param {HTMLElement} card
   * @param {HTMLElement | undefined} ranking
   */
  #drawCard(slot, card, ranking) {
    const each = this.#question && this.#eaches.get(this.#question);
    const current = each ? each.slot : this.#held;
    card.classList.toggle("held", slot === current);
    for (
      const label of /** @type {NodeListOf<HTMLElement>} */ (
        card.querySelectorAll("[data-place-of]")
      )
    ) {
      label.classList.toggle("later", label.dataset.placeOf !== ranking?.dataset.criterion);
    }
    const said = card.querySelector("[data-said-place]");
    const words = ranking ? this.#placeWords(slot, ranking) : "";
    if (said && said.textContent !== words) said.textContent = words;
    const rated = /** @type {HTMLElement | null} */ (card.querySelector("[data-rated]"));
    if (!rated) return;
    const choice = this.#rating?.choices.get(slot);
    const value = choice?.value ?? "";
    const most = this.#rating?.box.dataset.most ?? "";
    const facts = { value, most };
    rated.hidden = !choice;
    rated.textContent = most ? say("rankRated", facts) : value;
    rated.setAttribute("aria-label", say("rankRatedChange", { words: rated.textContent, slot }));
  }

  /**
   * Where a response stands, at its text.
   * @param {string} slot
   * @param {HTMLElement} ranking
   */
  #placeWords(slot, ranking) {
    if (slot === this.#held && this.#question === ranking) return say("rankHeld");
    const places = this.#places(ranking);
    const place = places.get(slot);
    if (!place) return "";
    const others = [...places].filter(([other, at]) => at === place && other !== slot);
    const band = /** @type {HTMLElement | null} */ (
      ranking.querySelector(`[data-band="${place}"]`)
    );
    const name = band?.dataset.ordinal ?? "";
    if (!others.length) return name;
    return say("rankTiedWith", { place: name, others: listed(others.map(([other]) => other)) });
  }

  /** One key opens the text of the response at hand, else the first that is folded. */
  #nameFold() {
    const { closed } = this.#folds;
    const each = this.#question && this.#eaches.get(this.#question);
    const [first] = closed.keys();
    const current = each ? each.slot : this.#held;
    const slot = closed.has(current) ? current : first;
    for (const [letter, button] of closed) {
      const isKeyed = letter === slot;
      if (isKeyed === (button.dataset.key !== undefined)) continue;
      button.querySelector("kbd")?.remove();
      delete button.dataset.key;
      if (!isKeyed) continue;
      const cap = document.createElement("kbd");
      cap.textContent = "W";
      cap.setAttribute("aria-hidden", "true");
      button.append(" ", cap);
      button.dataset.key = "w";
      button.dataset.keyLabel = say("rankRead");
    }
  }

  // --- two side by side ------------------------------------------------------------------------

  get #isTwo() {
    return this.#task?.querySelector(".many.two") !== null;
  }

  /**
   * Show the response at hand and the one before it alone, side by side; or all of them.
   * @param {boolean} isOn
   */
  #showTwo(isOn) {
    const many = this.#task?.querySelector(".many");
    const letters = [...this.#cards.keys()];
    const first = this.#held || letters[0] || "";
    const last = this.#former || letters[letters.indexOf(first) + 1] || letters[0] || "";
    many?.classList.toggle("two", isOn);
    for (const [slot, card] of this.#cards) {
      card.classList.toggle("aside", isOn && slot !== first && slot !== last);
    }
    this.form.querySelector("[data-two]")?.setAttribute("aria-pressed", String(isOn));
  }

  /** @param {string} text */
  #announce(text) {
    const announcer = document.getElementById("announcer");
    if (announcer) announcer.textContent = text;
  }
}
