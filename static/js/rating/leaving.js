// Log-out: answers that wait are sent first; then drafts and texts of this account leave the browser.
// What could not be sent stays under its owner, the answer alone, and is sent when they are back.

import { account, say, sayCount } from "../app.js";
import { names, Outbox, read, write } from "./store.js";

/** How long a person waits for what waits. */
const PATIENCE_MS = 8000;
/** How long a button asks once more. */
const ASKING_MS = 8000;

const waiting = () => names(`concord:outbox:${account}:`);

/** Send what waits, in every project, for as long as somebody may be asked to wait. */
async function send() {
  const projects = new Set(waiting().map((name) => name.split(":")[3] ?? ""));
  const hooks = {
    facts: () => /** @type {import("./types.js").Field[]} */ ([["showing", "elsewhere"]]),
    changed: () => {},
    saved: () => {},
    refused: () => {},
  };
  const sent = [...projects].map((project) => new Outbox(project, hooks).flush(true));
  await Promise.race([Promise.all(sent), new Promise((end) => setTimeout(end, PATIENCE_MS))]);
}

/** Drafts go, and of answers that are kept what they were about and what they say in words. */
function forget() {
  for (const name of names(`concord:draft:${account}:`)) write(name, null);
  for (
    const name of ["outbox", "refused"].flatMap((kind) => names(`concord:${kind}:${account}:`))
  ) {
    const { about: _about, words: _words, ...answer } =
      /** @type {import("./types.js").Entry} */ (read(name));
    write(name, answer);
  }
}

/**
 * Send what waits; whether the person is to be asked once more, because not all could be.
 * @param {HTMLButtonElement} button
 */
async function mustAsk(button) {
  if (!waiting().length || button.dataset.asked !== undefined) return false;
  const label = button.textContent;
  button.disabled = true;
  button.textContent = sayCount("logOutSending", waiting().length);
  await send();
  button.disabled = false;
  button.textContent = label;
  const { length } = waiting();
  if (!length) return false;
  button.dataset.asked = "";
  button.textContent = sayCount("logOutWaiting", length);
  button.focus();
  setTimeout(() => {
    delete button.dataset.asked;
    button.textContent = label;
  }, ASKING_MS);
  return true;
}

/** Nothing of this person stays on the screen, although the server does not know it yet. */
function tellOffline() {
  const notice = document.createElement("p");
  notice.classList.add("notice", "warn");
  notice.setAttribute("role", "alert");
  notice.textContent = say("logOutOffline");
  document.getElementById("content")?.replaceChildren(notice);
  for (const menu of document.querySelectorAll("details.menu")) menu.removeAttribute("open");
}

/**
 * Log out, by a form that would do so without a script.
 * @param {HTMLFormElement} form
 */
export async function logOut(form) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("[data-log-out]"));
  if (await mustAsk(button)) return;
  document.body.dataset.left = "";
  forget();
  let reply;
  try {
    const fields = new FormData(form);
    reply = await fetch(form.action, { method: "POST", body: fields, credentials: "same-origin" });
  } catch {
    tellOffline();
    return;
  }
  // Other tabs hear of it, and show this person's pages no longer.
  write(`concord:left:${account}`, Date.now());
  write(`concord:left:${account}`, null);
  location.assign(reply.ok ? reply.url : form.action);
}
