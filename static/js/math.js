// Mathematics: loads KaTeX once, on pages that have any, and typesets <span class="math">.

/**
 * @typedef {{ render(source: string, span: HTMLElement, options: object): void }} Katex
 *
 * What is said of a formula that stays source: why KaTeX refuses it, or that it was left.
 * @typedef {{ broken(reason: string): string, left: string }} Words
 */

// What the server refuses (labeling/rendering/tex.py) is refused here too, where a page is older.
const REFUSED = [
  "color",
  "textcolor",
  "colorbox",
  "fcolorbox",
  "def",
  "gdef",
  "edef",
  "xdef",
  "let",
  "futurelet",
  "newcommand",
  "renewcommand",
  "providecommand",
  "rule",
];
const OPTIONS = { throwOnError: true, trust: false, maxExpand: 500, maxSize: 4, strict: "ignore" };

// What one text (a prompt, a response) may take: of it all, and before the page may act in between.
const MAX_FORMULAS = 400;
const MAX_MS = 1000;
const SLICE_MS = 40;

/** What is typeset, was refused by KaTeX, or stays source for want of time. */
const DEALT_WITH = ".typeset, .broken, .left";

/** Names in the session's storage of what is being typeset just now. */
const UNDER_WAY = "concord:typesetting:";

/** @param {"css" | "js"} kind */
const address = (kind) => new URL(`../vendor/katex-0.19.1/katex.min.${kind}`, import.meta.url).href;

/** @type {Promise<unknown> | undefined} */
let loading;

function load() {
  loading ??= Promise.all([
    added(
      Object.assign(document.createElement("link"), { rel: "stylesheet", href: address("css") }),
    ),
    added(Object.assign(document.createElement("script"), { src: address("js") })),
  ]);
  loading.catch(() => (loading = undefined));
  return loading;
}

/**
 * @param {HTMLElement} element
 * @returns {Promise<void>}
 */
function added(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", () => resolve());
    element.addEventListener("error", () => {
      element.remove();
      reject(new Error(element.localName));
    });
    document.head.append(element);
  });
}

/** KaTeX, once it is loaded. */
function katex() {
  return /** @type {{ katex: Katex }} */ (/** @type {unknown} */ (globalThis)).katex;
}

/** Definitions under which the refused commands are unknown ones, for a single formula. */
function macros() {
  return Object.fromEntries(REFUSED.map((name) => [`\\${name}`, "\\refused"]));
}

/** Time for clicks, keys and painting. */
function pause() {
  return new Promise((resolve) => setTimeout(resolve));
}

/**
 * What a formula stands in: a whole prompt or response, however many messages it has.
 * @param {HTMLElement} span
 */
function textAround(span) {
  return span.closest(".side, .prompt, .response, .drawer") ?? span.closest(".content") ?? span;
}

/** Gives what is wider than its text a line of its own that scrolls, as soon as it can be seen. */
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const spans = /** @type {NodeListOf<HTMLElement>} */ (
      target.querySelectorAll(".math.typeset:not([data-display=true], .wide)")
    );
    for (const span of [...spans].filter(sticksOut)) span.classList.add("wide");
  }
});

/** @param {HTMLElement} span */
function sticksOut(span) {
  const room = span.closest(".content")?.getBoundingClientRect();
  return room && [...span.querySelectorAll(".base")].some((base) => {
    const { left, right } = base.getBoundingClientRect();
    return left < room.left - 1 || right > room.right + 1;
  });
}

/**
 * @param {HTMLElement} span
 * @param {Words} words
 */
function typesetSpan(span, { broken }) {
  const source = span.textContent ?? "";
  const displayMode = span.dataset.display === "true";
  try {
    katex().render(source, span, { ...OPTIONS, macros: macros(), displayMode });
    span.classList.add("typeset");
  } catch (error) {
    span.textContent = source;
    span.classList.add("broken");
    const reason = error instanceof Error ? error.message : String(error);
    span.title = broken(reason).slice(0, 200);
  }
}

/**
 * Typeset the formulas of one text, a slice at a time; what is left when its time is over stays
 * source. The same bounds hold for every text, so that neither side of a task takes from the other.
 * @param {HTMLElement[]} spans
 * @param {Element} text
 * @param {Words} words
 */
async function typesetText(spans, text, words) {
  let spent = 0;
  let begun = performance.now();
  for (const [place, span] of spans.entries()) {
    if (span.matches(DEALT_WITH)) continue;
    if (place >= MAX_FORMULAS || spent > MAX_MS) {
      leave(span, words);
      continue;
    }
    typesetSpan(span, words);
    if (performance.now() - begun < SLICE_MS) continue;
    text.getBoundingClientRect(); // Laying out may take longer than typesetting.
    spent += performance.now() - begun;
    await pause();
    if (!text.isConnected) return;
    begun = performance.now();
  }
  observer.observe(text);
}

/**
 * @param {HTMLElement} span
 * @param {Words} words
 */
function leave(span, words) {
  span.classList.add("left");
  span.title = words.left;
}

/**
 * The address of a page, and on the rating screen the task.
 * @param {ParentNode} root
 */
function placeName(root) {
  const task = /** @type {HTMLElement | null} */ (root.querySelector("[data-assignment]"));
  return `${UNDER_WAY}${location.pathname}${task?.dataset.assignment ?? ""}`;
}

/** What was asked for last: one after the other, so that none is done twice. */
let last = Promise.resolve();

/**
 * Typeset every formula below `root`; what KaTeX refuses keeps its source and says why. Where the
 * page died of it the last time, everything keeps its source.
 * @param {ParentNode} root
 * @param {Words} words
 */
export function typeset(root, words) {
  const done = last.then(() => typesetAll(root, words));
  last = done.catch(() => {});
  return done;
}

/**
 * @param {ParentNode} root
 * @param {Words} words
 */
async function typesetAll(root, words) {
  const texts = formulasByText(root);
  if (!texts.size) return;
  await load();
  const name = placeName(root);
  if (remembered(name)) {
    for (const span of [...texts.values()].flat()) leave(span, words);
    return;
  }
  underWay = name;
  remember(name, true);
  try {
    for (const [text, spans] of texts) await typesetText(spans, text, words);
  } finally {
    remember(name, false);
    underWay = "";
  }
}

/** @param {ParentNode} root */
function formulasByText(root) {
  /** @type {Map<Element, HTMLElement[]>} */
  const texts = new Map();
  const spans = /** @type {NodeListOf<HTMLElement>} */ (
    root.querySelectorAll(`.math:not(${DEALT_WITH})`)
  );
  for (const span of spans) {
    const text = textAround(span);
    const others = texts.get(text);
    if (others) others.push(span);
    else texts.set(text, [span]);
  }
  return texts;
}

/** The place that is being typeset. */
let underWay = "";

/** @param {string} name */
function remembered(name) {
  try {
    return sessionStorage.getItem(name) !== null;
  } catch {
    return false; // It is switched off.
  }
}

/**
 * @param {string} name
 * @param {boolean} isUnderWay
 */
function remember(name, isUnderWay) {
  try {
    if (isUnderWay) sessionStorage.setItem(name, "");
    else sessionStorage.removeItem(name);
  } catch {
    // It is switched off, or full: then a page that died is not remembered.
  }
}

// A page that is left while it typesets did not die of it.
addEventListener("pagehide", () => {
  if (underWay) remember(underWay, false);
});
