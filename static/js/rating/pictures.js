// Pictures side by side: one view for all of them (locked), zoomed and moved by wheel, drag and
// keys; what is looked at closely comes in full size. The next task's are fetched before it is shown.

import { account } from "../app.js";
import { wear } from "./style.js";

const MOST = 8;
const STEP = 1.25;
/** How far an arrow moves, in shares of the view. */
const NUDGE = 0.1;

/** What a view shows: how large, and where its upper left corner is, in shares of itself. */
/** @typedef {{ scale: number, x: number, y: number }} Look */

/** @type {Look} */
const WHOLE = { scale: 1, x: 0, y: 0 };
/** Kept from task to task: whether pictures move together, and whether they are grey where covered. */
let locked = true;
let isGrey = false;
/** Pictures of tasks to come: as long as one is held here, it is not fetched or decoded again. @type {HTMLImageElement[]} */
let held = [];

/**
 * Have the style of pictures on the page.
 * @param {ParentNode} root
 */
function style(root) {
  const href = /** @type {HTMLElement | null} */ (root.querySelector("[data-pictures]"))?.dataset
    .style;
  if (href) wear(href);
}

/**
 * Fetch and decode the pictures of a task that comes next.
 * @param {string} html
 */
export function preload(html) {
  const task = document.createElement("template");
  task.innerHTML = html;
  style(task.content);
  for (const { src } of task.content.querySelectorAll("img")) {
    const image = new Image();
    image.src = src;
    image.decode().catch(() => {});
    held.push(image);
  }
  held = held.slice(-16);
}

class Viewer {
  /** @type {Map<HTMLElement, Look>} */
  #looks = new Map();
  /** Whether the key of swapping is down. */
  #holds = false;
  #isSwapped = false;

  /**
   * @param {HTMLElement} tools
   * @param {HTMLElement} task
   */
  constructor(tools, task) {
    this.tools = tools;
    this.task = task;
    this.views = [.../** @type {NodeListOf<HTMLElement>} */ (task.querySelectorAll("[data-view]"))];
    /** Those that are compared; pictures of the prompt move by themselves. */
    this.compared = this.views.filter((view) => !view.closest(".prompt"));
    this.current = this.compared[0] ?? this.views[0];
    for (const view of this.views) {
      this.#looks.set(view, WHOLE);
      view.dataset.moves = "";
      this.#listen(view);
    }
    this.#listenToTools();
    this.#listenToCovers();
    tools.hidden = !this.views.length;
    this.#tell();
  }

  /** @param {string} selector */
  #tool(selector) {
    return /** @type {HTMLElement | null} */ (this.tools.querySelector(selector));
  }

  #listenToTools() {
    this.#tool("[data-zoom-in]")?.addEventListener("click", () => this.zoom(STEP));
    this.#tool("[data-zoom-out]")?.addEventListener("click", () => this.zoom(1 / STEP));
    this.#tool("[data-whole]")?.addEventListener("click", () => this.look(WHOLE));
    this.#tool("[data-lock]")?.addEventListener("click", () => {
      locked = !locked;
      this.#tell();
    });
    this.#tool("[data-swap]")?.addEventListener("click", () => this.swap());
    this.#tool("[data-mark-place]")?.addEventListener("click", () => {
      document.getElementById("mark-words")?.click();
    });
  }

  /** Covers are taken off one by one, all at once, or for the rest of the visit. */
  #listenToCovers() {
    const all = this.#tool("[data-show-all]");
    if (!all) return;
    all.addEventListener("click", () => this.#uncover(!isPressed(all)));
    this.#tool("[data-grey]")?.addEventListener("click", () => {
      isGrey = !isGrey;
      this.#tellGrey();
    });
    this.task.addEventListener("change", ({ target }) => {
      if (target instanceof Element && target.matches("[data-uncover]")) this.#tellCovers();
    });
    this.#tellGrey();
    const note = /** @type {HTMLElement | null} */ (this.task.querySelector("[data-topics]"));
    if (note) this.#listenToChoice(note, note.dataset.topics ?? "");
  }

  /**
   * What touches the same comes uncovered once somebody chose so, until the choice is changed.
   * @param {HTMLElement} note
   * @param {string} topics
   */
  #listenToChoice(note, topics) {
    const [choose, change] = ["[data-choose]", "[data-change]"].map((selector) => {
      return /** @type {HTMLElement | null} */ (note.querySelector(selector));
    });
    const tell = () => {
      const isChosen = chosenTopics().includes(topics);
      for (
        const part of /** @type {NodeListOf<HTMLElement>} */ (
          note.querySelectorAll("[data-if-chosen]")
        )
      ) part.hidden = (part.dataset.ifChosen === "yes") !== isChosen;
    };
    choose?.addEventListener("click", () => {
      keepTopics([...chosenTopics(), topics]);
      this.#uncover(true);
      tell();
      this.task.focus({ preventScroll: true }); // Enter submits: it takes no choice back.
    });
    change?.addEventListener("click", () => {
      keepTopics(chosenTopics().filter((kept) => kept !== topics));
      this.#uncover(false);
      tell();
      this.task.focus({ preventScroll: true });
    });
    tell();
    this.#uncover(chosenTopics().includes(topics));
  }

  #covers() {
    return [
      .../** @type {NodeListOf<HTMLInputElement>} */ (
        this.task.querySelectorAll("[data-uncover]")
      ),
    ];
  }

  /** @param {boolean} shows */
  #uncover(shows) {
    for (const box of this.#covers()) box.checked = shows;
    this.#tellCovers();
  }

  #tellCovers() {
    press(this.#tool("[data-show-all]"), this.#covers().every((box) => box.checked));
  }

  #tellGrey() {
    this.task.classList.toggle("in-grey", isGrey);
    press(this.#tool("[data-grey]"), isGrey);
  }

  /** @param {HTMLElement} view */
  #listen(view) {
    const image = view.querySelector("img");
    const gone = /** @type {HTMLElement | null} */ (view.querySelector("[data-gone]"));
    if (image && gone) {
      gone.hidden = !image.complete || image.naturalWidth > 0;
      image.addEventListener("error", () => gone.hidden = false);
      image.addEventListener("load", () => gone.hidden = true);
    }
    view.addEventListener("focus", () => this.current = view);
    view.addEventListener("pointerenter", () => this.current = view);
    view.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && this.#looks.get(view)?.scale === 1 && !event.altKey) return;
      event.preventDefault();
      this.current = view;
      const box = view.getBoundingClientRect();
      const at = {
        x: (event.clientX - box.left) / box.width,
        y: (event.clientY - box.top) / box.height,
      };
      this.zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1, at);
    }, { passive: false });
    view.addEventListener("dblclick", () => {
      this.current = view;
      if (this.#looks.get(view)?.scale === 1) this.zoom(2);
      else this.look(WHOLE);
    });
    view.addEventListener("keydown", (event) => this.#pressed(event, view));
    this.#listenToPointers(view);
  }

  /** @param {HTMLElement} view */
  #listenToPointers(view) {
    /** @type {Map<number, PointerEvent>} */
    const pointers = new Map();
    let apart = 0;
    view.addEventListener("pointerdown", (event) => {
      if (event.target instanceof Element && event.target.closest("label")) return;
      pointers.set(event.pointerId, event);
      view.setPointerCapture(event.pointerId);
      view.dataset.held = "";
      this.current = view;
      apart = distance(pointers);
    });
    view.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      pointers.set(event.pointerId, event);
      if (pointers.size > 1) {
        const now = distance(pointers);
        if (apart && now) this.zoom(now / apart);
        apart = now;
        return;
      }
      const box = view.getBoundingClientRect();
      const { scale, x, y } = this.#looks.get(view) ?? WHOLE;
      this.look({
        scale,
        x: x - (event.clientX - before.clientX) / box.width / scale,
        y: y - (event.clientY - before.clientY) / box.height / scale,
      });
    });
    for (const end of ["pointerup", "pointercancel"]) {
      view.addEventListener(end, (event) => {
        pointers.delete(/** @type {PointerEvent} */ (event).pointerId);
        if (!pointers.size) delete view.dataset.held;
      });
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLElement} view
   */
  #pressed(event, view) {
    const by = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    })[event.key];
    const look = this.#looks.get(view) ?? WHOLE;
    if (!by || look.scale === 1) return;
    event.preventDefault();
    event.stopPropagation();
    this.current = view;
    const [across, down] = by;
    const step = NUDGE / look.scale;
    this.look({ scale: look.scale, x: look.x + across * step, y: look.y + down * step });
  }

  /** Arrows with Shift move, wherever the focus is. @param {KeyboardEvent} event */
  shifted(event) {
    if (event.shiftKey && this.current && !this.current.contains(document.activeElement)) {
      this.#pressed(event, this.current);
    }
  }

  /**
   * Zoom around a place of the view, its middle if not told.
   * @param {number} by
   * @param {{ x: number, y: number }} [at]
   */
  zoom(by, at = { x: 0.5, y: 0.5 }) {
    const view = this.current;
    if (!view) return;
    const { scale, x, y } = this.#looks.get(view) ?? WHOLE;
    const next = Math.min(MOST, Math.max(1, scale * by));
    this.look({
      scale: next,
      x: x + at.x / scale - at.x / next,
      y: y + at.y / scale - at.y / next,
    });
  }

  /**
   * Show this in the current view, and where they are locked in all that are compared.
   * @param {Look} wished
   */
  look({ scale, x, y }) {
    const view = this.current;
    if (!view) return;
    const most = 1 - 1 / scale;
    const look = { scale, x: Math.min(most, Math.max(0, x)), y: Math.min(most, Math.max(0, y)) };
    const together = locked && this.compared.includes(view) ? this.compared : [view];
    for (const other of together) {
      this.#looks.set(other, look);
      const canvas = /** @type {HTMLElement} */ (other.querySelector(".canvas"));
      canvas.style.transform = scale === 1
        ? ""
        : `scale(${scale}) translate(${-100 * look.x}%, ${-100 * look.y}%)`;
      canvas.style.setProperty("--zoom", String(scale));
      if (scale > 1) this.#sharpen(other);
      showPlace(other, look);
    }
    this.#tell();
  }

  /** Have the full size of what is looked at closely. @param {HTMLElement} view */
  #sharpen(view) {
    const image = view.querySelector("img");
    const full = image?.dataset.full;
    if (!image || !full || image.getAttribute("src") === full || image.dataset.asked) return;
    image.dataset.asked = "yes";
    const large = new Image();
    large.src = full;
    large.decode().then(() => {
      // Swapped meanwhile, it is the other's picture.
      if (image.dataset.full === full) image.src = full;
    }).catch(() => delete image.dataset.asked);
  }

  /** Show each of two pictures in the place of the other. */
  swap() {
    const [first, second] = this.compared.map((view) => view.querySelector("img"));
    if (!first || !second || this.compared.length > 2) return;
    for (
      const name of /** @type {const} */ (
        ["src", "alt", "width", "height", "data-full", "data-small", "data-asked"]
      )
    ) {
      const [one, other] = [first.getAttribute(name), second.getAttribute(name)];
      for (const [image, value] of /** @type {const} */ ([[first, other], [second, one]])) {
        if (value === null) image.removeAttribute(name);
        else image.setAttribute(name, value);
      }
    }
    const drawn = this.compared.map((view) => view.querySelector("svg.regions"));
    for (const [place, view] of this.compared.entries()) {
      view.querySelector(".canvas")?.append(...[drawn[1 - place] ?? []].flat());
      showPlace(view, this.#looks.get(view) ?? WHOLE);
    }
    this.#isSwapped = !this.#isSwapped;
    press(this.#tool("[data-swap]"), this.#isSwapped);
  }

  /** Show each in its own place. */
  settle() {
    if (this.#isSwapped) this.swap();
  }

  /**
   * Move so that a part of the screen is in view.
   * @param {HTMLElement} view
   * @param {DOMRect} part
   */
  follow(view, part) {
    const box = view.getBoundingClientRect();
    const { scale, x, y } = this.#looks.get(view) ?? WHOLE;
    const beyond = (/** @type {number} */ low, /** @type {number} */ high) =>
      Math.max(0, high) + Math.min(0, low);
    this.current = view;
    this.look({
      scale,
      x: x + beyond(part.left - box.left, part.right - box.right) / box.width / scale,
      y: y + beyond(part.top - box.top, part.bottom - box.bottom) / box.height / scale,
    });
  }

  /** Swapped while the key is held: the click came with it. @param {boolean} isDown */
  holdSwap(isDown) {
    if (!isDown && this.#holds && this.#isSwapped) this.swap();
    this.#holds = isDown;
  }

  #tell() {
    const { scale } = (this.current && this.#looks.get(this.current)) ?? WHOLE;
    const output = this.#tool("[data-scale]");
    if (output) output.textContent = `${Math.round(scale * 100)}%`;
    press(this.#tool("[data-lock]"), locked);
  }
}

/**
 * Show in a corner which part of the whole picture is seen; nothing where all of it is.
 * @param {HTMLElement} view
 * @param {Look} look
 */
function showPlace(view, { scale, x, y }) {
  let map = /** @type {HTMLElement | null} */ (view.querySelector(".minimap"));
  if (scale === 1) {
    map?.remove();
    return;
  }
  if (!map) {
    map = document.createElement("span");
    map.className = "minimap";
    map.setAttribute("aria-hidden", "true");
    map.append(new Image(), document.createElement("i"));
    map.style.aspectRatio = `${view.clientWidth} / ${view.clientHeight}`;
    view.append(map);
  }
  const [image, small] = [...view.querySelectorAll("img")];
  const [frame] = map.getElementsByTagName("i");
  const source = image?.dataset.small ?? "";
  if (small && small.getAttribute("src") !== source) [small.src, small.alt] = [source, ""];
  if (!frame) return;
  frame.style.width = frame.style.height = `${100 / scale}%`;
  [frame.style.left, frame.style.top] = [`${100 * x}%`, `${100 * y}%`];
}

/** Where the choice of a person is kept: in this window, for as long as it is open. */
const CHOSEN = `concord:uncovered:${account}`;

/** What is shown without a cover, by its line of topics. @returns {string[]} */
function chosenTopics() {
  try {
    return JSON.parse(sessionStorage.getItem(CHOSEN) ?? "[]");
  } catch {
    return []; // Where nothing can be kept, everything stays covered.
  }
}

/** @param {string[]} topics */
function keepTopics(topics) {
  try {
    sessionStorage.setItem(CHOSEN, JSON.stringify(topics));
  } catch {
    // As above.
  }
}

/** @param {Map<number, PointerEvent>} pointers */
function distance(pointers) {
  const [one, other] = [...pointers.values()];
  return one && other ? Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) : 0;
}

/** @param {EventTarget | null} button */
function isPressed(button) {
  return button instanceof Element && button.getAttribute("aria-pressed") === "true";
}

/**
 * @param {EventTarget | null} button
 * @param {boolean} isOn
 */
function press(button, isOn) {
  if (button instanceof Element) button.setAttribute("aria-pressed", String(isOn));
}

/** @type {Viewer | undefined} */
let viewer;
/** What the key that marks is for where there are no pictures. @type {string | undefined} */
let markWords;

/** The view that was looked at last, each picture in its own place. */
export function settle() {
  viewer?.settle();
  return viewer?.current;
}

/**
 * Move a view so that a part of the screen is seen in it.
 * @param {HTMLElement} view
 * @param {DOMRect} part
 */
export function follow(view, part) {
  viewer?.follow(view, part);
}

/** Look after the pictures of the task that is shown, if it has any. */
export function begin() {
  const task = document.getElementById("task");
  const marks = document.getElementById("mark-words");
  const tools = /** @type {HTMLElement | null} */ (task?.querySelector("[data-pictures]") ?? null);
  // The key that marks words begins with pictures where there are any.
  markWords ??= marks?.dataset.keyLabel;
  if (marks) marks.dataset.keyLabel = tools?.dataset.markLabel ?? markWords;
  if (!task || !tools) viewer = undefined;
  else if (viewer?.tools !== tools) {
    style(task);
    viewer = new Viewer(tools, task);
  }
}

addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && !event.repeat) viewer?.holdSwap(true);
  viewer?.shifted(event);
});
addEventListener("keyup", (event) => {
  if (event.key.toLowerCase() === "k") viewer?.holdSwap(false);
});
