// What pages share beside the rating screen: local times, copy buttons, rows of pages that scroll,
// buttons that ask once more, fields that say that they are full.

import { say } from "./app.js";
import { addCopyButtons } from "./copy.js";

// --- times, copying ---------------------------------------------------------------

const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const long = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/**
 * Show each <time datetime> in the reader's own zone; the server wrote UTC.
 * @param {ParentNode} root
 */
function localiseTimes(root) {
  for (
    const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(
      "time[datetime]:not([data-local])",
    ))
  ) {
    const at = new Date(element.getAttribute("datetime") ?? "");
    if (Number.isNaN(at.getTime()) || element.dataset.form === "day") continue;
    element.textContent = short.format(at);
    element.title = long.format(at);
    element.dataset.local = "";
  }
}

/** @param {ParentNode} root */
function prepare(root) {
  localiseTimes(root);
  addCopyButtons(root);
}

prepare(document);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target instanceof Element) prepare(event.target);
});

// --- acts that ask once more ------------------------------------------------------------

// A button with data-sure asks once more, in its own place, before it acts.
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element
    ? /** @type {HTMLElement | null} */ (event.target.closest("[data-sure]"))
    : null;
  if (!button || button.dataset.armed !== undefined) return;
  event.preventDefault();
  const label = button.textContent;
  button.dataset.armed = "";
  button.textContent = button.dataset.sure ?? "";
  setTimeout(() => {
    delete button.dataset.armed;
    button.textContent = label;
  }, 5000);
});

// --- rows of pages that scroll -------------------------------------------------------------------

// The current page is in view; browsers that know scroll-initial-target have it there already.
for (
  const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-row]"))
) {
  const here = row.querySelector("[aria-current]");
  if (!here) continue;
  const { left, right } = here.getBoundingClientRect();
  if (left < 0 || right > row.clientWidth) {
    row.scrollLeft += (left + right - row.clientWidth) / 2;
  }
}

// --- forms ---------------------------------------------------------------------------------------

// A select that filters sends its form at once; the button beside it is for browsers without script.
document.addEventListener("change", (event) => {
  const { target } = event;
  if (target instanceof HTMLSelectElement && target.closest("[data-submit-on-change]")) {
    target.form?.requestSubmit();
  }
});

// What is left empty does not stand in the address.
document.addEventListener("formdata", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "get") return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

// A field that is full says so: the browser leaves out what is typed or pasted beyond, without a word.
document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return;
  const holder = target.closest(".field");
  if (!holder || target.maxLength < 0) return;
  const note = holder.querySelector("[data-full]");
  if (target.value.length < target.maxLength) note?.remove();
  else if (!note) {
    const words = document.createElement("p");
    words.className = "help";
    words.dataset.full = "";
    words.role = "status";
    words.textContent = say("noMoreFits", { count: target.maxLength });
    target.after(words);
  }
});
