// What every page shares: the words that scripts say, what opens in front of the page,
// sure-about-that buttons, and what rendered text needs after it arrives: typeset mathematics,
// scrolling by keyboard.
// Every page works without this file.

// --- words: they come with the page, where the server has translated them ----------------------
//   <template data-words data-copied="Copied" data-answers-one="1 answer" …></template>

/** @type {Record<string, string | undefined>} */
const words = {};

/**
 * Know the words that came with a part of the page.
 * @param {ParentNode} root
 */
export function learnWords(root) {
  for (const holder of all(root, "[data-words]")) Object.assign(words, holder.dataset);
}

learnWords(document);

/**
 * The words under a name, with `{places}` filled in.
 * @param {string} name
 * @param {Record<string, string | number>} [values]
 */
export function say(name, values = {}) {
  const text = words[name] ?? "";
  return text.replace(/\{(\w+)\}/g, (_, place) => String(values[place] ?? ""));
}

/**
 * The words that go with a number: `name` with `One`, `Few`, `Many` or `Other` behind it, as the
 * page's language counts.
 * @param {string} name
 * @param {number} count
 * @param {Record<string, string | number>} [values]
 */
export function sayCount(name, count, values = {}) {
  const form = new Intl.PluralRules(document.documentElement.lang || "en").select(count);
  const exact = `${name}${form.charAt(0).toUpperCase()}${form.slice(1)}`;
  return say(exact in words ? exact : `${name}Other`, { ...values, count });
}

/**
 * The HTML elements that a selector finds.
 * @param {ParentNode} root
 * @param {string} selector
 */
export function all(root, selector) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector))];
}

/**
 * The nearest element around what an event happened to.
 * @param {Event} event
 * @param {string} selector
 */
function around(event, selector) {
  const { target } = event;
  return target instanceof Element
    ? /** @type {HTMLElement | null} */ (target.closest(selector))
    : null;
}

// --- what waits in this browser for the rating desk (see rating/store.js) ------------------------

/** Whose session this page is of, by the account's key; "" for nobody's. */
export const account = document.body.dataset.account ?? "";

/**
 * Names in the browser's storage that begin so.
 * @param {string} prefix
 */
export function stored(prefix) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return []; // It is switched off.
  }
}

/**
 * Tell of answers that wait or were refused, and send those of whoever is logged in. The page names
 * the module: it imports this one, and hashed names cannot go round in a circle.
 */
async function tendWaiting() {
  const { waiting } = document.body.dataset;
  const count = stored("concord:outbox:").length + stored("concord:refused:").length;
  if (!count || !waiting) return;
  const { tend } = await import(waiting);
  tend();
}

tendWaiting();

// Who logs out takes texts and drafts along; answers that wait are sent first. The script for it is
// had beforehand: answers wait because the connection is gone.
const { leaving: beforehand } = document.body.dataset;
if (account && beforehand) addEventListener("load", () => import(beforehand).catch(() => {}));

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const { leaving } = document.body.dataset;
  if (!(form instanceof HTMLFormElement) || !form.querySelector("[data-log-out]")) return;
  if (!account || !leaving || form.dataset.plain !== undefined) return;
  event.preventDefault();
  event.stopPropagation();
  try {
    const { logOut } = await import(leaving);
    await logOut(form);
  } catch {
    form.dataset.plain = ""; // The script is not to be had.
    form.requestSubmit();
  }
}, { capture: true });

// In another tab: what it shows belongs to nobody who is here now.
addEventListener("storage", ({ key, newValue }) => {
  if (!account || key !== `concord:left:${account}` || newValue === null) return;
  document.body.dataset.left = "";
  location.reload();
});

// --- what opens in front of the page ------------------------------------------------------------
//   Menus and panels are <details data-menu>, drawers [data-drawer], and there are dialogs. While
//   one is open its keys belong to it (see keys.js); Escape closes it, and the focus goes back.

const OPEN = ["dialog[open]", "details[data-menu][open]", "[data-drawer]:not([hidden])"];

/** Where the focus goes back to. @type {WeakMap<HTMLElement, Element>} */
const before = new WeakMap();

/**
 * What is open in front of the page, if anything is.
 * @returns {HTMLElement | undefined}
 */
export function layer() {
  return OPEN.flatMap((selector) => all(document, selector))[0];
}

/**
 * @param {HTMLElement} box
 * @param {boolean} open
 */
function setOpen(box, open) {
  if (box instanceof HTMLDetailsElement) box.open = open;
  else box.hidden = !open;
}

/**
 * Open a panel or a drawer; when it closes, the focus goes back to a place, or where it is now.
 * @param {HTMLElement} box
 * @param {Element | null} [place]
 */
export function openLayer(box, place = document.activeElement) {
  if (place) before.set(box, place);
  setOpen(box, true);
}

/**
 * Close what is open; without a place to go back to, the focus goes to what opened it.
 * @param {HTMLElement} box
 */
export function closeLayer(box) {
  if (box instanceof HTMLDialogElement) return box.close();
  setOpen(box, false);
  const place = before.get(box);
  before.delete(box);
  const lost = !place?.isConnected || place === document.body;
  const home = document.getElementById("task") ?? document.getElementById("content");
  const target = lost ? (place ? home : box.querySelector("summary") ?? home) : place;
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}

addEventListener("keydown", (event) => {
  const box = event.key === "Escape" && !event.isComposing ? layer() : undefined;
  if (!box || box instanceof HTMLDialogElement) return;
  event.preventDefault();
  closeLayer(box);
}, { capture: true });

/** @param {Element | null} except */
function closeMenus(except) {
  for (const menu of all(document, "details[data-menu][open]")) {
    if (menu !== except) menu.removeAttribute("open");
  }
}

document.addEventListener("click", (event) => closeMenus(around(event, "details[data-menu]")));
document.addEventListener("focusout", (event) => {
  const menu = around(event, "details[data-menu][open]");
  const next = event.relatedTarget;
  if (!menu || !(next instanceof Node) || menu.contains(next) || next.contains(menu)) return;
  menu.removeAttribute("open");
});

// --- forms --------------------------------------------------------------------------------------

// One submit per click: a second press while the first is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (event.submitter?.hasAttribute("formtarget")) return; // the page stays
  if (form.dataset.sent !== undefined) event.preventDefault();
  form.dataset.sent = "";
});
addEventListener("pageshow", () => {
  for (const form of all(document, "form[data-sent]")) delete form.dataset.sent;
});

// --- rendered text: complete without this ------------------------------------------------------

const SCROLLERS = [
  ".content pre",
  ".content .table-scroll",
  ".math[data-display=true], .math.wide",
  ".prompt .body",
].join(", ");

/** @param {Element} box */
function scrollerName(box) {
  if (box.matches("pre")) return say("scrollsCode");
  if (box.matches(".math")) return say("scrollsFormula");
  return box.matches(".body") ? say("scrollsPrompt") : say("scrollsTable");
}

/**
 * Make what overflows reachable by keyboard, as a named region.
 * @param {ParentNode} root
 */
function nameScrollers(root) {
  for (const box of all(root, SCROLLERS)) {
    const overflows = box.scrollWidth > box.clientWidth + 1 ||
      box.scrollHeight > box.clientHeight + 1;
    if (overflows && !box.hasAttribute("tabindex")) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", scrollerName(box));
    }
  }
}

/**
 * Prepare the rendered text inside an element that is in the document.
 * @param {ParentNode} [root]
 */
export async function prepareContent(root = document) {
  if (root.querySelector(".math:not(.typeset, .broken, .left)")) {
    try {
      const { typeset } = await import("./math.js");
      const broken = (/** @type {string} */ reason) => say("mathBroken", { reason });
      await typeset(root, { broken, left: say("mathLeft") });
    } catch {
      // Not to be had just now (offline): the TeX source stays readable.
    }
  }
  nameScrollers(root);
}

prepareContent();
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target instanceof Element) prepareContent(event.target);
});
