// What every page shares: local times, copy buttons, menus that close, sure-about-that buttons,
// and what rendered text needs after it arrives: typeset mathematics, scrolling by keyboard.
// Every page works without this file.

const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const long = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Show each <time datetime> in the reader's own zone; the server wrote UTC. */
export function localiseTimes(root = document) {
  for (const element of root.querySelectorAll("time[datetime]:not([data-local])")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime()) || element.dataset.form === "day") continue;
    element.textContent = short.format(at);
    element.title = long.format(at);
    element.dataset.local = "";
  }
}

/** Put a button that copies into each .code[data-copy]. */
export function addCopyButtons(root = document) {
  if (!navigator.clipboard) return;
  for (const box of root.querySelectorAll("[data-copy]:not(:has(.copy))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const source = box.querySelector("code, pre, input");
      try {
        await navigator.clipboard.writeText(source.value ?? source.textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Select it and copy";
      }
      setTimeout(() => (button.textContent = "Copy"), 1600);
    });
    box.append(button);
  }
}

/** Say something in the region that screen readers listen to. */
export function announce(text, kind = "info") {
  const region = document.getElementById("messages");
  const notice = document.createElement("div");
  notice.className = `notice ${kind}`;
  notice.append(Object.assign(document.createElement("span"), { textContent: text }));
  region.hidden = false;
  region.append(notice);
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-menu][open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// A button with data-sure asks once more, in its own place, before it acts.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-sure]");
  if (!button || button.dataset.armed !== undefined) return;
  event.preventDefault();
  const label = button.textContent;
  button.dataset.armed = "";
  button.textContent = button.dataset.sure;
  setTimeout(() => {
    delete button.dataset.armed;
    button.textContent = label;
  }, 5000);
});

// A select that filters sends its form at once; the button beside it is for browsers without script.
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// One submit per click: a second press while the first is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent !== undefined) event.preventDefault();
  form.dataset.sent = "";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

function prepare(root) {
  localiseTimes(root);
  addCopyButtons(root);
}

prepare(document);
document.addEventListener("htmx:afterSettle", (event) => prepare(event.target));

// --- rendered text: complete without this ------------------------------------------------------

const NAMES = [["pre", "Code"], [".math", "Formula"], [".body", "Prompt"], ["*", "Table"]];

/** Make what overflows reachable by keyboard, as a named region. */
function nameScrollers(root) {
  for (const box of root.querySelectorAll(".content pre, .content .table-scroll, .math[data-display=true], .prompt .body")) {
    const overflows = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (overflows && !box.hasAttribute("tabindex")) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", `${NAMES.find(([kind]) => box.matches(kind))[1]}, scrolls`);
    }
  }
}

/** Prepare the rendered text inside an element that is in the document. */
export async function prepareContent(root = document) {
  if (root.querySelector(".math:not(.typeset, .broken)")) {
    try {
      const { typeset } = await import("./math.js");
      await typeset(root);
    } catch {
      // Not to be had just now (offline): the TeX source stays readable.
    }
  }
  nameScrollers(root);
}

prepareContent();
document.addEventListener("htmx:afterSettle", (event) => prepareContent(event.target));
