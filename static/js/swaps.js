// What htmx needs beside what it does: addresses without empty fields, old messages making way for
// new ones, and what went wrong said in words. Every form works without htmx and without this.

import { say } from "./app.js";

const messages = /** @type {HTMLElement} */ (document.getElementById("messages"));

/**
 * Says in the page's messages that something did not work.
 * @param {string} sentence
 */
function complain(sentence) {
  forget();
  const box = document.createElement("div");
  box.classList.add("notice", "bad");
  box.dataset.said = "";
  const text = document.createElement("span");
  text.textContent = sentence;
  box.append(text);
  messages.append(box);
  messages.hidden = false;
  messages.scrollIntoView({ block: "nearest" });
}

/** What was said before is about something else by now. */
function forget() {
  for (const box of messages.querySelectorAll("[data-said]")) box.remove();
}

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, parameters } = /** @type {CustomEvent} */ (event).detail;
  if (verb !== "get") return;
  for (const [name, value] of Object.entries(parameters)) {
    if (value === "") delete parameters[name];
  }
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  const { requestConfig, xhr } = detail;
  const asked = new URL(requestConfig.path, location.href).pathname;
  const { pathname } = new URL(xhr.responseURL || location.href);
  if (pathname !== asked && pathname !== location.pathname) {
    // Led elsewhere, to the log-in for one: no part of that page belongs into this one, and the
    // log-in leads back to this one where it is asked for as a whole.
    detail.shouldSwap = false;
    location.reload();
    return;
  }
  if (requestConfig.verb !== "post") return;
  forget();
  messages.hidden = false;
});

// The button that was pressed may be gone: the focus stays near it, and not nowhere.
let near = "";
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = /** @type {CustomEvent} */ (event).detail;
  near = elt.closest("[id][tabindex]")?.id ?? "";
});
document.addEventListener("htmx:afterSettle", (event) => {
  const { requestConfig } = /** @type {CustomEvent} */ (event).detail;
  if (requestConfig.verb !== "post" || document.activeElement !== document.body) return;
  document.getElementById(near)?.focus({ preventScroll: true });
});

document.addEventListener("htmx:responseError", (event) => {
  const { requestConfig, xhr } = /** @type {CustomEvent} */ (event).detail;
  if (requestConfig.verb !== "post") return; // What asks by itself asks again.
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const what = page.querySelector("[data-problem]")?.textContent?.trim();
  complain(what || say("notDone"));
});

document.addEventListener("htmx:sendError", (event) => {
  const { requestConfig } = /** @type {CustomEvent} */ (event).detail;
  if (requestConfig.verb === "post") complain(say("notReached"));
});

// --- figures that live: fetched again while somebody looks, and not under somebody's hands --------

const LIVE_MS = 60_000;

function refresh() {
  const box = document.querySelector("[data-live]");
  if (!box || document.hidden) return;
  if (box.contains(document.activeElement) || box.querySelector("details[open]")) return;
  box.dispatchEvent(new Event("live"));
}

if (document.querySelector("[data-live]")) {
  setInterval(refresh, LIVE_MS);
  document.addEventListener("visibilitychange", refresh);
}
