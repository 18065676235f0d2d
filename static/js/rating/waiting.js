// Answers that wait in this browser, told on every page: one's own are sent, wherever they were
// given; those of somebody else who works here too are kept, and it is said whose they are. Answers
// that were refused are shown until they are dismissed, so that they can be read and copied.

import { account, say, sayCount, stored } from "../app.js";
import { addCopyButtons } from "../copy.js";
import { Drafts, names, Outbox, read, write } from "./store.js";

/** @typedef {import("./types.js").Entry} Entry */

const here = document.getElementById("desk")?.dataset.project;
const messages = /** @type {HTMLElement} */ (document.getElementById("messages"));
/** @type {Map<string, Outbox>} */
const outboxes = new Map();

/**
 * A box that says something, under a name that it is known by the next time.
 * @param {HTMLElement} place
 * @param {string} name
 * @param {string} kind
 * @param {string} text
 */
function notice(place, name, kind, text) {
  place.querySelector(`[data-about="${CSS.escape(name)}"]`)?.remove();
  if (!text) return undefined;
  const box = document.createElement("div");
  box.className = `notice ${kind}`;
  box.dataset.about = name;
  const words = document.createElement("div");
  words.textContent = text;
  box.append(words);
  place.append(box);
  place.hidden = false;
  return { box, words };
}

/**
 * @param {string} text
 * @param {() => void} act
 */
function button(text, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "quiet";
  element.textContent = text;
  element.addEventListener("click", act);
  return element;
}

// --- waiting -----------------------------------------------------------------------------------

/** My projects that answers wait for, except the one on the screen, which sends its own. */
function projects() {
  const own = stored(`concord:outbox:${account}:`).map((name) => name.split(":")[3] ?? "");
  const former = stored(`concord:outbox:${account.split(".")[0]}:`);
  const before = former.map((name) => name.split(":")[3] ?? "");
  return account ? new Set([...own, ...before].filter((project) => project !== here)) : new Set();
}

/** @param {string} project */
function send(project) {
  const outbox = outboxes.get(project) ?? new Outbox(project, {
    facts: () => [["showing", "elsewhere"]],
    changed: () => tellOwn(project),
    saved: ({ id }) => new Drafts().drop(id),
    refused: () => tellRefused(),
  });
  outboxes.set(project, outbox);
  outbox.flush();
}

/** @param {string} project */
function tellOwn(project) {
  const outbox = outboxes.get(project);
  const entries = outbox?.entries ?? [];
  if (!outbox || !entries.length) {
    notice(messages, `waiting:${project}`, "", "");
    return;
  }
  const { length } = entries;
  let text = sayCount("waiting", length);
  if (outbox.state === "login") text = sayCount("loggedOut", length);
  if (outbox.state === "denied") text = `${outbox.why} ${sayCount("kept", length)}`.trim();
  const shown = notice(messages, `waiting:${project}`, "warn", text);
  if (outbox.state !== "denied") return;
  const discard = button(say("discard"), () => {
    if (discard.dataset.armed === undefined) return; // Asked once more first.
    for (const { id } of entries) outbox.withdraw(id);
  });
  discard.dataset.sure = say("discardSure");
  shown?.box.append(discard);
}

/**
 * What this tab remembers under a name; with a value, remember it.
 * @param {string} name
 * @param {string} [value]
 */
function session(name, value) {
  try {
    if (value) sessionStorage.setItem(name, value);
    return sessionStorage.getItem(name);
  } catch {
    return null; // It is switched off.
  }
}

/** Whose answers wait here beside mine, and how many. */
function tellForeign() {
  /** @type {Map<string, { count: number, person: string }>} */
  const others = new Map();
  const mine = [account, account.split(".")[0]];
  for (const name of stored("concord:outbox:")) {
    const owner = name.split(":")[2] ?? "";
    if (account && mine.includes(owner)) continue;
    const kept = read(name);
    const entries = /** @type {(Entry | null)[]} */ (Array.isArray(kept) ? kept : [kept]);
    const { count, person } = others.get(owner) ?? { count: 0, person: "" };
    const [first] = entries;
    others.set(owner, { count: count + entries.length, person: first?.person ?? person });
  }
  for (const box of messages.querySelectorAll("[data-about^='foreign:']")) box.remove();
  for (const [owner, { count, person }] of others) {
    const hidden = `concord:hidden:${owner}:${count}`;
    if (session(hidden)) continue;
    const text = sayCount("foreign", count, { person: person || say("somebody") });
    const shown = notice(messages, `foreign:${owner}`, "warn", text);
    shown?.box.append(button(say("dismiss"), () => {
      session(hidden, "1");
      shown.box.remove();
      messages.hidden = messages.childElementCount === 0;
    }));
  }
}

// --- refused -----------------------------------------------------------------------------------

/** Show every answer of mine that was refused, with its reason and what it said. */
export function tellRefused() {
  const place = document.getElementById("refusals") ?? messages;
  const mine = account ? names(`concord:refused:${account}:`) : [];
  const refused = mine.map((name) => ({ name, entry: /** @type {Entry} */ (read(name)) }));
  for (const { name, entry } of refused.sort((one, two) => one.entry.at - two.entry.at)) {
    if (place.querySelector(`[data-about="${CSS.escape(name)}"]`)) continue;
    const about = entry.about ? say("notSavedAbout", { about: entry.about }) : say("notSaved");
    const shown = entry.late
      ? notice(place, name, "warn", entry.why ?? "")
      : notice(place, name, "bad", `${about} ${entry.why ?? ""}`);
    if (!shown) continue;
    const words = entry.words || entry.fields.find(([field]) => field === "rationale")?.[1];
    if (words) {
      const code = document.createElement("div");
      const text = document.createElement("pre");
      text.textContent = words;
      code.className = "code";
      code.dataset.copy = "";
      code.append(text);
      shown.words.append(code);
      addCopyButtons(shown.words);
    }
    if (entry.open) {
      const link = document.createElement("a");
      link.href = entry.open;
      link.textContent = say("goBack");
      link.addEventListener("click", () => write(name, null));
      shown.words.append(link);
    }
    shown.box.append(button(say("dismiss"), () => {
      write(name, null);
      shown.box.remove();
      messages.hidden = messages.childElementCount === 0;
    }));
  }
}

/** Say and send what is to be said and sent. */
export function tend() {
  for (const project of projects()) send(project);
  tellForeign();
  tellRefused();
  messages.hidden = messages.childElementCount === 0;
}
