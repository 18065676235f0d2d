// Regions of pictures that are marked: drawn over them, listed below them, and how a new one is
// made, with a mouse, a finger or the keys. Loaded with the first one.

import { say } from "../app.js";
import { follow, settle } from "./pictures.js";

/**
 * What marks of a page are kept in, as far as this needs it.
 * @typedef {object} Marks
 * @property {HTMLElement} task
 * @property {import("./seen.js").Mark[]} spans
 * @property {import("./markmenu.js").Menu} menu
 * @property {() => Promise<unknown>} seen
 * @property {(mark: import("./markmenu.js").Unattached) => string} wordsOf
 * @property {(mark: import("./seen.js").Mark, place: number, where: "picture") => HTMLElement} line
 *
 * @typedef {import("./seen.js").Region} Region
 * @typedef {{ x: number, y: number, w: number, h: number }} Box in shares of the picture
 *
 * A picture of the task, and which it is.
 * @typedef {{ view: HTMLElement, slot: string, message: number, image: number }} Picture
 */

const SVG = "http://www.w3.org/2000/svg";
/** How far a key moves or sizes at full view, and the least side, in shares of the picture. */
const STEP = 0.02;
const LEAST = 0.01;
/** The sides of a region that a key or a tap begins with, in shares of what is in view. */
const FIRST = 0.3;
/** Pixels of a movement that is none yet. */
const STILL = 5;
/** Sides are kept in so many parts of the picture. */
const PARTS = 10000;
/** The height of a tag and the width of a letter in it, in pixels. */
const TAG = 18;
const LETTER = 7.5;
const REST = 500;

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

/**
 * The pictures of a task, those of the responses first.
 * @param {HTMLElement} task
 * @returns {Picture[]}
 */
function picturesOf(task) {
  const sides = [.../** @type {NodeListOf<HTMLElement>} */ (task.querySelectorAll(".side"))];
  const views = [.../** @type {NodeListOf<HTMLElement>} */ (task.querySelectorAll("[data-view]"))];
  const pictures = views.map((view) => {
    const place = sides.findIndex((side) => side.contains(view));
    const slot = place < 0
      ? "prompt"
      : sides[place]?.dataset.response || String.fromCharCode(65 + place);
    const [message = 0, image = 0] = (view.dataset.place ?? "").split(".").map(Number);
    return { view, slot, message, image };
  });
  return [
    ...pictures.filter(({ slot }) => slot !== "prompt"),
    ...pictures.filter(({ slot }) => slot === "prompt"),
  ];
}

/** @param {HTMLElement} view */
function isCovered(view) {
  return Boolean(view.querySelector(".veil")) && !view.querySelector("[data-uncover]:checked");
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** Tags are as large on the screen at every zoom and in every view. */
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) if (target instanceof HTMLElement) sizeTags(target);
});

/** @param {HTMLElement} view */
function sizeTags(view) {
  const scale = `scale(calc(${1 / unzoomed(view)} / var(--zoom, 1)))`;
  for (const tag of /** @type {NodeListOf<SVGGElement>} */ (view.querySelectorAll("g.tag"))) {
    tag.style.transform = `translate(${tag.dataset.x}px, ${tag.dataset.y}px) ${scale}`;
  }
}

/**
 * What lies over a picture: it is as large as the picture in whatever view.
 * @param {HTMLElement} view
 */
function layerOf(view) {
  let svg = /** @type {SVGSVGElement | null} */ (view.querySelector("svg.regions"));
  const image = view.querySelector("img");
  if (!svg && image) {
    svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
    svg.setAttribute("class", "regions");
    svg.setAttribute("aria-hidden", "true");
    const [width, height] = ["width", "height"].map((side) => Number(image.getAttribute(side)));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    image.after(svg);
    sizes.observe(view);
  }
  return svg;
}

/**
 * Where a picture is on the screen, without the ground around it.
 * @param {HTMLElement} view
 */
function frameOf(view) {
  const svg = layerOf(view);
  const { left, top, width, height } = (svg ?? view).getBoundingClientRect();
  const { width: across, height: down } = svg?.viewBox.baseVal ?? { width, height };
  const unit = Math.min(width / across, height / down);
  return {
    left: left + (width - across * unit) / 2,
    top: top + (height - down * unit) / 2,
    width: across * unit,
    height: down * unit,
    across,
    down,
    unit,
  };
}

/**
 * A region over its picture.
 * @param {Picture} picture
 * @param {Box} box
 * @param {string} name
 */
function drawn({ view }, { x, y, w, h }, name) {
  const { across, down } = frameOf(view);
  const group = shape("g", { class: `region ${name}` });
  const sides = { x: x * across, y: y * down, width: w * across, height: h * down };
  group.append(shape("rect", { class: "halo", ...sides }));
  group.append(shape("rect", { class: "line", ...sides }));
  return group;
}

/**
 * What stands at the corners of regions, each beside those before it.
 * @param {Picture} picture
 * @param {{ box: Box, name: string, tag: string }[]} regions
 */
function tagged({ view }, regions) {
  const { across, down } = frameOf(view);
  const unit = unzoomed(view);
  /** @type {{ x: number, y: number, width: number }[]} */
  const taken = [];
  return regions.map(({ box, name, tag }) => {
    const width = 8 + tag.length * LETTER;
    const place = { x: box.x * across * unit, y: box.y * down * unit, width };
    for (const other of taken) {
      const isOver = Math.abs(other.y - place.y) < TAG && place.x < other.x + other.width &&
        other.x < place.x + width;
      if (isOver) place.x = other.x + other.width + 2;
    }
    taken.push(place);
    const at = { "data-x": place.x / unit, "data-y": place.y / unit };
    const group = shape("g", { class: `tag ${name}`, ...at });
    group.append(shape("rect", { class: "plate", width, height: TAG }));
    const text = shape("text", { x: 4, y: TAG - 5, "font-size": 12 });
    text.textContent = tag;
    group.append(text);
    return group;
  });
}

/** Pixels of the screen a unit of a picture takes at full view. @param {HTMLElement} view */
function unzoomed(view) {
  const { across, down } = frameOf(view);
  return Math.min(view.clientWidth / across, view.clientHeight / down) || 1;
}

/**
 * Draw and list the regions that are marked.
 * @param {Marks} marks
 */
export function drawRegions(marks) {
  const pictures = picturesOf(marks.task);
  for (const picture of pictures) {
    const { view, slot, message, image } = picture;
    const own = [...marks.spans.entries()].filter(([, mark]) =>
      "x" in mark && mark.slot === slot && mark.message === message && mark.image === image
    );
    const list = view.parentElement?.querySelector(".found");
    if (!own.length) {
      list?.remove();
      view.querySelector("svg.regions")?.replaceChildren();
      continue;
    }
    const regions = own.map(([place, mark]) => {
      const tag = `${place + 1}${mark.polarity === "praise" ? "✓" : ""}`;
      return { box: /** @type {Region} */ (mark), name: mark.polarity, tag };
    });
    const shapes = regions.map(({ box, name }) => drawn(picture, box, name));
    layerOf(view)?.replaceChildren(...shapes, ...tagged(picture, regions));
    sizeTags(view);
    const found = list ?? document.createElement("div");
    found.className = "found";
    found.replaceChildren(...own.map(([place, mark]) => marks.line(mark, place, "picture")));
    if (!list) view.parentElement?.append(found);
  }
}

/** A region that is being made: where it is, and what hears of it. */
class Draft {
  /** @type {Box} */
  box = { x: 0, y: 0, w: 0, h: 0 };
  /** Whether its place is kept and what it belongs to is asked. */
  #isAsked = false;
  #timer = 0;
  /** @type {Element | null} */
  #shape = null;
  /** @type {AbortController} */
  #heard = new AbortController();
  /** Where it is in words: while it is placed, and while it is asked about. */
  #words = [document.createElement("p"), document.createElement("span")];

  /** @type {import("./markmenu.js").Stand} */
  #stand = {
    at: () => (this.#shape ?? this.picture.view).getBoundingClientRect(),
    holds: (target) => this.pictures.some(({ view }) => view.contains(target)),
    left: () => this.end(),
  };

  /**
   * @param {Marks} marks
   * @param {Picture[]} pictures those that can be marked
   * @param {Picture} picture
   */
  constructor(marks, pictures, picture) {
    this.marks = marks;
    this.pictures = pictures;
    this.picture = picture;
    this.#listen();
    this.start(picture);
  }

  get #task() {
    return this.marks.task;
  }

  /**
   * Begin on a picture, in the middle of what is in view.
   * @param {Picture} picture
   */
  start(picture) {
    this.picture = picture;
    const { view } = picture;
    view.scrollIntoView({ block: "nearest" });
    const frame = frameOf(view);
    const seen = view.getBoundingClientRect();
    const [left, right] = [
      Math.max(frame.left, seen.left),
      Math.min(frame.left + frame.width, seen.right),
    ];
    const [top, bottom] = [
      Math.max(frame.top, seen.top),
      Math.min(frame.top + frame.height, seen.bottom),
    ];
    const w = FIRST * (right - left) / frame.width;
    const h = FIRST * (bottom - top) / frame.height;
    this.set({
      x: ((left + right) / 2 - frame.left) / frame.width - w / 2,
      y: ((top + bottom) / 2 - frame.top) / frame.height - h / 2,
      w,
      h,
    });
    this.#show();
  }

  /**
   * Be there, within the picture.
   * @param {Box} box
   */
  set({ x, y, w, h }) {
    const side = (/** @type {number} */ share) => Math.min(1, Math.max(LEAST, share));
    const [wide, high] = [side(w), side(h)];
    const round = (/** @type {number} */ share) => Math.round(share * PARTS) / PARTS;
    const box = { w: round(wide), h: round(high), x: 0, y: 0 };
    box.x = round(Math.min(1 - box.w, Math.max(0, x)));
    box.y = round(Math.min(1 - box.h, Math.max(0, y)));
    this.box = box;
    this.#shape?.remove();
    this.#shape = drawn(this.picture, box, "draft");
    layerOf(this.picture.view)?.append(this.#shape);
    for (const element of this.#words) element.textContent = this.marks.wordsOf(this.region);
  }

  /** What is marked so far. */
  get region() {
    const { slot, message, image } = this.picture;
    return { slot, message, image, ...this.box };
  }

  /** Say how it is placed, with the buttons for it. */
  #show() {
    this.#isAsked = false;
    const row = document.createElement("div");
    row.className = "row";
    const { menu } = this.marks;
    row.append(
      menu.chip(say("keepRegion"), "Enter", "Enter", () => this.ask()),
      menu.chip(say("leaveRegion"), "Esc", "", () => menu.close()),
      menu.chip(say("nextPicture"), "M", "m", () => this.#next()),
    );
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.textContent = say("regionHint");
    const how = document.createElement("p");
    how.textContent = say("drawRegion");
    menu.show(
      this.#stand,
      how,
      .../** @type {HTMLElement[]} */ (this.#words.slice(0, 1)),
      row,
      hint,
    );
    this.#reveal();
  }

  /** The next picture; after the last, the words of the texts. */
  #next() {
    const next = this.pictures[this.pictures.indexOf(this.picture) + 1];
    if (next) return this.start(next);
    const { menu } = this.marks;
    menu.close();
    menu.words();
  }

  /** Keep its place, and ask what it belongs to. */
  ask() {
    this.#isAsked = true;
    const [, words] = this.#words;
    if (words) this.marks.menu.ask(this.region, words, this.#stand);
    this.#reveal();
  }

  /** Where the menu stands at the foot of a phone, have the region above it. */
  #reveal() {
    const { bottom, top } = this.#stand.at();
    const menu = this.marks.menu.box.getBoundingClientRect();
    const hidden = bottom + STILL - menu.top;
    if (hidden > 0 && menu.bottom >= innerHeight - 1) scrollBy(0, Math.min(hidden, top - STILL));
  }

  end() {
    this.#heard.abort();
    clearTimeout(this.#timer);
    this.#shape?.remove();
    for (const { view } of this.pictures) delete view.dataset.drawing;
    if (draft === this) draft = null;
  }

  #listen() {
    const { signal } = this.#heard;
    addEventListener("keydown", (event) => this.#pressed(event), { capture: true, signal });
    for (const { view } of this.pictures) {
      view.dataset.drawing = "";
    }
    this.#listenToPointers(signal);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const by = ARROWS[event.key];
    const { target } = event;
    if (
      !by || event.ctrlKey || event.altKey || event.metaKey || target instanceof HTMLInputElement
    ) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const frame = frameOf(this.picture.view);
    const step = STEP * unzoomed(this.picture.view) / frame.unit;
    const [across, down] = [by[0] * step, by[1] * step];
    const { x, y, w, h } = this.box;
    if (event.shiftKey) {
      this.set({ x, y, w: Math.min(w + across, 1 - x), h: Math.min(h + down, 1 - y) });
    } else this.set({ x: x + across, y: y + down, w, h });
    if (this.#shape) follow(this.picture.view, this.#shape.getBoundingClientRect());
    if (this.#isAsked) this.marks.menu.change(this.region);
    this.marks.menu.place();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const announcer = document.getElementById("announcer");
      if (announcer) announcer.textContent = this.marks.wordsOf(this.region);
    }, REST);
  }

  /** @param {AbortSignal} signal */
  #listenToPointers(signal) {
    /** @type {{ id: number, x: number, y: number } | null} */
    let from = null;
    const options = { capture: true, signal };
    this.#task.addEventListener("pointerdown", (event) => {
      const { target } = event;
      if (!(target instanceof Element) || event.button) return;
      const picture = this.pictures.find(({ view }) => view.contains(target));
      if (!picture || target.closest("a, label")) return;
      event.preventDefault();
      event.stopPropagation();
      if (this.#isAsked) this.#show();
      this.picture = picture;
      picture.view.setPointerCapture(event.pointerId);
      from = from ? null : { id: event.pointerId, x: event.clientX, y: event.clientY };
    }, options);
    this.#task.addEventListener("pointermove", (event) => {
      if (!from || event.pointerId !== from.id) return;
      event.stopPropagation();
      this.#span(from, event);
    }, options);
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
      this.#task.addEventListener(end, (event) => {
        if (!from || event.pointerId !== from.id) return;
        event.stopPropagation();
        const isStill = !this.#span(from, event);
        const at = from;
        from = null;
        if (isStill) this.#tapped(at);
        else if (end === "pointerup") this.ask();
      }, options);
    }
  }

  /**
   * Reach from one place of the screen to another; whether it has a size.
   * @param {{ x: number, y: number }} from
   * @param {PointerEvent} to
   */
  #span(from, { clientX, clientY }) {
    if (Math.max(Math.abs(clientX - from.x), Math.abs(clientY - from.y)) < STILL) return false;
    const { left, top, width, height } = frameOf(this.picture.view);
    const within = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
    const [x0, x1] = [from.x, clientX].map((x) => within((x - left) / width)).toSorted((a, b) =>
      a - b
    );
    const [y0, y1] = [from.y, clientY].map((y) => within((y - top) / height)).toSorted((a, b) =>
      a - b
    );
    if (x0 === undefined || x1 === undefined || y0 === undefined || y1 === undefined) return false;
    this.set({ x: x0, y: y0, w: x1 - x0, h: y1 - y0 });
    return true;
  }

  /** Put it where a finger touched. @param {{ x: number, y: number }} at */
  #tapped({ x, y }) {
    const { left, top, width, height } = frameOf(this.picture.view);
    const { w, h } = this.box;
    this.set({ x: (x - left) / width - w / 2, y: (y - top) / height - h / 2, w, h });
    this.marks.menu.place();
  }
}

/** @type {Draft | null} */
let draft = null;

/**
 * Begin a region on the picture that is looked at; whether the task has any picture.
 * @param {Marks} marks
 */
export async function begin(marks) {
  if (!say("regionHint") && !await marks.seen()) return marks.menu.tell(say("textsOffline"));
  const current = settle();
  const pictures = picturesOf(marks.task).filter(({ view }) =>
    !isCovered(view) && view.getClientRects().length
  );
  const picture = pictures.find(({ view }) => view === current) ?? pictures[0];
  if (!picture) return marks.menu.tell(say("regionCovered"));
  draft?.end();
  draft = new Draft(marks, pictures, picture);
}
