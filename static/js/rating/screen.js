// What a rater sees: the task, what is told about it, the panels, and the keys that all of it has.
// What becomes of an answer is the business of the queue; how it is given, of the kind's control.

import { isTyping, showSheet } from "../keys.js";
import { closeLayer, layer, openLayer, prepareContent, say, sayCount } from "../app.js";

/** @import { Bar } from "./bar.js" */
/** @import { Outbox } from "./store.js" */
/** @import { Field, Task } from "./types.js" */

/**
 * What a rater may do with the task on the screen.
 * @typedef {{ submit(): void, skip(pressed: HTMLElement | null): void, undo(): void }} Acts
 */

/**
 * An element that the page always has.
 * @param {string} id
 */
function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {string} id */
function formPart(id) {
  return /** @type {HTMLFormElement} */ (document.getElementById(id));
}

export class Screen {
  #desk = part("desk");
  #drawer = document.getElementById("drawer");
  #shownAt = 0;
  #lastTimer = 0;

  /** @param {Bar} bar */
  constructor(bar) {
    this.bar = bar;
    this.form = bar.form;
    this.base = this.#desk.dataset.base ?? "";
    /** Whose screen this is, in words. */
    this.person = document.body.dataset.person ?? "";
    this.project = this.#desk.dataset.project ?? "";
    this.rationaleRequired = this.#desk.dataset.rationale === "required";
    const rubric = /** @type {HTMLInputElement | null} */ (this.form.elements.namedItem("rubric"));
    /** The version of the questions on this page. */
    this.rubric = rubric?.value ?? "";
    /** The task on the screen. */
    this.id = Number(this.#task.dataset.assignment);
    /** Whether it is answered, and the next one not here yet. */
    this.waiting = false;
  }

  get #task() {
    return /** @type {HTMLElement} */ (this.#desk.firstElementChild);
  }

  /** Whether an answer that stands is changed here. */
  get isChange() {
    return this.#task.hasAttribute("data-changes");
  }

  /** Leave that answer as it is: there is nothing to skip. */
  leaveChange() {
    /** @type {HTMLElement | null} */ (this.#task.querySelector("[data-leave]"))?.click();
  }

  /** What is shown, to be shown again: formulas as their source, which is typeset anew then. */
  get #html() {
    const copy = /** @type {HTMLElement} */ (this.#desk.cloneNode(true));
    for (const span of copy.querySelectorAll(".math")) {
      const source = span.querySelector("annotation")?.textContent;
      if (source) span.textContent = source;
      span.className = "math";
    }
    return copy.innerHTML;
  }

  /** The task on the screen, to be shown again. */
  get shown() {
    return { id: this.id, html: this.#html, face: this.bar.name };
  }

  /** Which questions need not be sent: they are here. @returns {Field} */
  get faces() {
    return ["faces", [...this.bar.faces.keys()].join(" ")];
  }

  /**
   * Whether the questions of a task's kind are here.
   * @param {Task} task
   */
  asks({ face }) {
    return this.bar.faces.has(face);
  }

  /** The last thing that the user of a conversation said; of others nothing. */
  get #asked() {
    const turns = this.#desk.querySelectorAll(".prompt .turn-user");
    return /** @type {HTMLElement | null} */ (turns.item(turns.length - 1));
  }

  /** What the task is about: how its prompt begins, of a conversation what was asked last. */
  get about() {
    const texts = [...this.#desk.querySelectorAll(".prompt .formatted .content")];
    const covered = this.#desk.querySelector(".prompt [data-cover]:not([open]) .says");
    const asked = covered ?? this.#asked?.querySelector(".content") ?? texts.pop();
    const prompt = asked ?? this.#desk.querySelector(".prompt .formatted");
    const words = prompt?.textContent?.trim().slice(0, 200).replace(/\s+/g, " ") ?? "";
    return words.length > 60 ? `${words.slice(0, 60).trim()}…` : words.replace(/[.:;,]+$/, "");
  }

  /** Milliseconds since the task appeared; very many for the one that came with the page. */
  get age() {
    return Date.now() - this.#shownAt;
  }

  /**
   * Where an act on a task is posted.
   * @param {number} id
   * @param {string} act
   */
  address(id, act) {
    return `${this.base}${id}/${act}/`;
  }

  // --- showing ---------------------------------------------------------------------------------

  /**
   * Show a task, with what was filled in before, if anything was.
   * @param {Task} task
   * @param {Field[]} [fields]
   */
  show(task, fields) {
    this.id = task.id;
    this.waiting = false;
    this.#shownAt = Date.now();
    this.form.classList.remove("waiting");
    this.#desk.innerHTML = task.html;
    this.bar.begin(this.#task, task.face);
    this.form.action = this.address(task.id, "submit");
    formPart("skip").action = this.address(task.id, "skip");
    formPart("skip").reset();
    formPart("ask").action = this.address(task.id, "ask");
    part("skip-error").hidden = true;
    this.bar.clear();
    if (fields) this.bar.fill(fields);
    document.querySelector("[data-until-answered]")?.remove();
    scrollTo(0, 0);
    this.focus();
    this.announce(say("nextTask", { words: this.about }));
    this.arrange();
    this.#compareGuideline(task);
  }

  /**
   * Have the questions of a task's kind on this page; whether they are.
   * @param {Task} task
   */
  async learn(task) {
    // Where they are not to be had just now, the page that is loaded anew brings them.
    const [, pictures] = /data-pictures data-script="([^"]+)"/.exec(task.html) ?? [];
    if (pictures) import(pictures).then(({ preload }) => preload(task.html), () => {});
    const faces = this.asks(task) ? null : await import("./faces.js").catch(() => null);
    await faces?.learn(this.bar, task);
    return this.asks(task);
  }

  /** @param {Task} task */
  #compareGuideline({ id, guideline }) {
    if (!guideline || String(guideline) === this.#desk.dataset.guideline) return;
    const link = { text: say("guidelineReload"), href: `${this.base}?task=${id}` };
    this.notice("info", say("guidelineChanged", { version: guideline }), link);
  }

  /** Typeset what needs it; of a conversation too long for its box, begin with what was asked last. */
  arrange() {
    this.#prepare();
    const box = this.#desk.querySelector(".prompt .body");
    if (!box?.querySelector(".turn + .turn")) return;
    const top = this.#asked?.getClientRects()[0]?.top;
    const end = box.scrollHeight;
    box.scrollTop = top === undefined ? end : box.scrollTop + top - box.getBoundingClientRect().top;
  }

  async #prepare() {
    const { id } = this;
    await prepareContent(this.#desk);
    const isLeft = this.#desk.querySelector(".math.left");
    if (isLeft && id === this.id) this.notice("warn", say("formulasLeft"));
  }

  /** Give the keys to the task. */
  focus() {
    this.#task.focus({ preventScroll: true });
  }

  /** Say that the task is answered and the next one not here yet. */
  wait() {
    this.waiting = true;
    this.form.classList.add("waiting");
    const open = layer();
    if (open instanceof HTMLDetailsElement) closeLayer(open);
  }

  /**
   * Whether a task is to be asked other questions than this page has.
   * @param {Task} task
   */
  isOutdated({ rubric }) {
    return Boolean(rubric) && String(rubric) !== this.rubric;
  }

  /**
   * Load the page anew with a task, for the questions of now.
   * @param {Task} task
   */
  reload({ id }) {
    location.assign(`${this.base}?task=${id}`);
  }

  /** Go to where the server says what is next. */
  leave() {
    location.assign(this.base);
  }

  // --- telling ---------------------------------------------------------------------------------

  /** @param {string} text */
  announce(text) {
    part("announcer").textContent = text;
  }

  /**
   * Count judgments given (or taken back) on this page.
   * @param {number} step
   */
  countJudged(step) {
    const progress = part("progress");
    const judged = Math.max(0, Number(progress.dataset.judged) + step);
    progress.dataset.judged = String(judged);
    const { limit } = progress.dataset;
    part("judged").textContent = limit
      ? say("judgedOf", { judged, limit })
      : say("judged", { judged });
    const meter = progress.querySelector("progress");
    if (meter) meter.value = judged;
  }

  /**
   * Say something above the bar until it is dismissed or the next answer is given.
   * @param {"info" | "warn" | "bad"} kind
   * @param {string} text
   * @param {{ text: string, href: string }} [link]
   */
  notice(kind, text, link) {
    const box = document.createElement("div");
    box.className = `notice ${kind}`;
    const words = document.createElement("span");
    words.textContent = `${text} `;
    if (link) {
      const anchor = document.createElement("a");
      anchor.textContent = link.text;
      anchor.href = link.href;
      words.append(anchor);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "quiet";
    close.textContent = say("dismiss");
    close.addEventListener("click", () => box.remove());
    box.append(words, close);
    this.clearNotices();
    part("refusals").append(box);
  }

  /** Take away what was said, but for answers that were refused: they stay until dismissed. */
  clearNotices() {
    for (const box of part("refusals").querySelectorAll(":scope > :not([data-about])")) {
      box.remove();
    }
  }

  /**
   * Say what was done last, over the text for a while, with a button that takes it back.
   * @param {string} text
   * @param {boolean} undoable
   */
  tellLast(text, undoable) {
    const box = part("last");
    const [words, button] = /** @type {Iterable<HTMLElement>} */ (box.children);
    if (words) words.textContent = text;
    if (button) button.hidden = !undoable;
    box.hidden = false;
    clearTimeout(this.#lastTimer);
    const away = () => {
      if (box.matches(":hover, :focus-within")) this.#lastTimer = setTimeout(away, 2000);
      else box.hidden = true;
    };
    this.#lastTimer = setTimeout(away, 8000);
  }

  /**
   * Say what waits and why, or that nothing does.
   * @param {Outbox} outbox
   */
  banner({ entries: { length }, state, why, isVolatile }) {
    const box = part("banner");
    const texts = [];
    if (length && state === "login") texts.push(sayCount("loggedOut", length));
    else if (length && state === "foreign") {
      texts.push(why, sayCount("yours", length, { person: this.person }));
    } else if (length && state === "denied") texts.push(why, sayCount("kept", length));
    else if (length && state === "later") texts.push(sayCount("waiting", length));
    if (length && isVolatile) texts.push(say("volatile"));
    const isOffline = state === "later" ? texts.length > 0 : !navigator.onLine;
    if (this.waiting && isOffline) texts.push(say("nextComes"));
    box.textContent = texts.join(" ");
    box.hidden = texts.length === 0;
  }

  // --- panels and keys -------------------------------------------------------------------------

  /** @param {Acts} acts */
  listen(acts) {
    this.#listenToPanels();
    this.#listenToKeys(acts);
    const forms = { skip: formPart("skip"), undo: formPart("undo"), submit: this.form };
    for (const act of /** @type {(keyof Acts)[]} */ (Object.keys(forms))) {
      forms[act].addEventListener("submit", (event) => {
        event.preventDefault();
        acts[act](event.submitter);
      });
    }
  }

  #listenToPanels() {
    const drawer = this.#drawer;
    document.getElementById("guideline-link")?.addEventListener("click", (event) => {
      if (!drawer || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#toggle(drawer, drawer, event);
      if (!drawer.hidden) import("./drawer.js").then(({ opened }) => opened(drawer), () => {});
    });
    const close = document.getElementById("drawer-close");
    if (drawer) close?.addEventListener("click", () => closeLayer(drawer));
    // Clicked with a mouse, the switch must not keep the keys to itself.
    part("raw").addEventListener("change", () => this.focus());
    this.form.addEventListener("change", ({ target }) => {
      if (target instanceof Element && target.matches("[name=reason]")) {
        part("skip-error").hidden = true;
      }
    });
    const keysButton = part("keys");
    keysButton.hidden = false;
    keysButton.addEventListener("click", showSheet);
    for (
      const pop of /** @type {NodeListOf<HTMLDetailsElement>} */ (
        this.form.querySelectorAll("details.pop")
      )
    ) {
      // At once, not at the next frame: what is typed right after a panel's key belongs to it.
      pop.querySelector("summary")?.addEventListener("click", (event) => {
        event.preventDefault();
        this.#toggle(pop, pop.querySelector("textarea, input"), event);
      });
      const button = /** @type {HTMLElement | null} */ (pop.querySelector("[data-close]"));
      if (!button) continue;
      button.hidden = false;
      button.addEventListener("click", () => closeLayer(pop));
    }
  }

  /**
   * Open a panel or close it. Where the focus came by a click, it goes back to the task.
   * @param {HTMLElement} panel
   * @param {HTMLElement | null} field what has the focus while it is open
   * @param {MouseEvent} click
   */
  #toggle(panel, field, click) {
    const isOpen = panel instanceof HTMLDetailsElement ? panel.open : !panel.hidden;
    if (isOpen) return closeLayer(panel);
    openLayer(panel, click.detail ? this.#task : document.activeElement);
    field?.focus({ preventScroll: true });
  }

  /** Ask in the panel why a task is skipped. */
  askReason() {
    const error = part("skip-error");
    error.textContent = say("chooseReason");
    error.hidden = false;
    const reason = this.form.querySelector("input[name=reason]");
    if (reason instanceof HTMLElement) reason.focus({ preventScroll: true });
  }

  /**
   * What an arrow does, if anything.
   * @param {string} key
   * @returns {(() => void) | null | undefined}
   */
  #arrow(key) {
    const { bar } = this;
    if (key === "ArrowLeft") return () => bar.move(-1);
    if (key === "ArrowRight") return () => bar.move(1);
    if (key === "ArrowUp") return bar.climb(-1);
    if (key === "ArrowDown") return bar.climb(1);
    return undefined;
  }

  /** @param {Acts} acts */
  #listenToKeys(acts) {
    // Before keys.js and before the browser's own meaning of arrows on a radio button.
    addEventListener("keydown", (event) => this.#pressed(event, acts), { capture: true });
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Acts} acts
   */
  #pressed(event, acts) {
    const { target, key } = event;
    if (event.defaultPrevented) return;
    const arrow = this.#arrow(key);
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (layer() && !(target instanceof HTMLTextAreaElement)) return;
      if (target instanceof HTMLTextAreaElement && target.form !== this.form) return;
      event.preventDefault();
      if (!event.repeat) acts.submit();
    } else if (layer() || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) {
      return;
    } else if (isTyping(target)) {
      return;
    } else if (key === "Enter" || arrow) {
      // Where a button, a link or a scrolling box has the focus, they mean that.
      const theirs = key === "Enter" ? "button, a, summary" : "[tabindex='0']";
      event.stopPropagation();
      if (target instanceof Element && target.closest(theirs)) return;
      event.preventDefault();
      if (arrow) arrow();
      else if (!event.repeat) acts.submit();
    }
  }
}
