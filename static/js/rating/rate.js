// The rating screen with a script: the next task is there before it is asked for, answers are kept
// until they are acknowledged, and everything has a key. Without it, the same forms work by themselves.

import { prepareContent } from "../app.js";
import { isTyping, showSheet } from "../keys.js";
import { Bar } from "./rate-form.js";
import { Clock, Drafts, Outbox, post, uuid } from "./rate-store.js";

const desk = document.getElementById("desk");
const form = document.getElementById("judgment");
const { base, rater, project } = desk.dataset;
const url = (id, act) => `${base}${id}/${act}/`;

const bar = new Bar(form);
const drafts = new Drafts(rater);
const clock = new Clock(() => beat());
const outbox = new Outbox(`${rater}:${project}`, { showing: () => (screen.waiting ? null : screen.id), changed: banner, saved, refused });

const screen = { id: Number(desk.firstElementChild.dataset.assignment), waiting: false };
const ahead = []; // tasks prepared: {id, html, guideline}
const done = []; // what was just answered, newest last: {id, html, fields}
let exhausted = false;
let shownAt = 0;
let busy = false;

// --- showing -----------------------------------------------------------------------------------

function show(task, values) {
  screen.id = task.id;
  screen.waiting = false;
  shownAt = Date.now();
  form.classList.remove("waiting");
  desk.innerHTML = task.html;
  form.action = url(task.id, "submit");
  document.getElementById("skip").action = url(task.id, "skip");
  document.getElementById("skip").reset();
  bar.clear();
  const draft = drafts.get(task.id);
  if (draft || values) bar.fill(draft?.fields ?? values);
  clock.restart(draft?.active, draft?.idle);
  scrollTo(0, 0);
  desk.firstElementChild.focus({ preventScroll: true });
  const words = desk.querySelector(".prompt .formatted")?.textContent.trim().slice(0, 120) ?? "";
  announce(`Next task. ${words}`);
  arrange();
  if (task.guideline && String(task.guideline) !== desk.dataset.guideline) {
    notice("info", `The guideline has changed: version ${task.guideline} applies to this task.`, { text: "Reload to read it", href: `${base}?task=${task.id}` });
  }
}

/** Typeset what needs it; of a conversation too long for its box, begin with the last message. */
function arrange() {
  prepareContent(desk);
  const box = desk.querySelector(".prompt .body");
  if (box.querySelector(".turn + .turn")) box.scrollTop = box.scrollHeight;
}

function announce(text) {
  document.getElementById("announcer").textContent = text;
}

function countJudged(step) {
  const progress = document.getElementById("progress");
  const judged = (progress.dataset.judged = Math.max(0, Number(progress.dataset.judged) + step));
  const { limit } = progress.dataset;
  document.getElementById("judged").textContent = limit ? `${judged} of ${limit}` : `${judged} judged`;
  const meter = progress.querySelector("progress");
  if (meter) meter.value = judged;
}

// --- telling -----------------------------------------------------------------------------------

function notice(kind, text, link) {
  const box = document.createElement("div");
  box.className = `notice ${kind}`;
  const words = document.createElement("span");
  words.textContent = `${text} `;
  if (link) words.append(Object.assign(document.createElement("a"), { textContent: link.text, href: link.href }));
  const close = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: "Dismiss" });
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  document.getElementById("refusals").replaceChildren(box);
}

function banner() {
  const box = document.getElementById("banner");
  const count = outbox.entries.length;
  const answers = count === 1 ? "1 answer" : `${count} answers`;
  let text = "";
  if (count && outbox.state === "login") text = `You are logged out. ${answers} wait here and nothing is lost: log in again in another tab.`;
  else if (count && outbox.state === "later") text = `${answers} waiting for the connection; nothing is lost.`;
  if (screen.waiting && (text || !navigator.onLine)) text += " The next task comes with the connection.";
  box.textContent = text.trim();
  box.hidden = !text;
}

// --- answering ---------------------------------------------------------------------------------

function submit() {
  if (screen.waiting || busy) return;
  // The second half of a double click is not an answer to the next task.
  if (Date.now() - shownAt < 500 && bar.values().length === 0) return;
  const missing = bar.missing(desk.dataset.rationale === "required");
  if (missing) {
    announce(missing);
    return;
  }
  const { active, idle } = clock.read();
  const values = bar.values();
  leave(values, url(screen.id, "submit"), [...values, ["key", uuid()], ["active_ms", active], ["idle_ms", idle]], 1);
}

function skip() {
  if (screen.waiting || busy) return;
  const fields = [...new FormData(document.getElementById("skip"))].filter(([name]) => name !== "csrfmiddlewaretoken");
  leave(bar.values(), url(screen.id, "skip"), fields, 0);
}

/** Queue what was said about this task and go on at once, if the next one is here. */
function leave(values, address, fields, counts) {
  saveDraft();
  done.push({ id: screen.id, html: desk.innerHTML, values, counts });
  if (done.length > 20) done.shift();
  const entry = { id: screen.id, url: address, fields, at: Date.now(), counts };
  document.getElementById("refusals").replaceChildren();
  countJudged(counts);
  const next = ahead.shift();
  if (next) show(next);
  else {
    screen.waiting = true;
    form.classList.add("waiting");
    announce("Saving. The next task is on its way.");
  }
  outbox.add(entry);
}

function saved(entry, reply) {
  drafts.drop(entry.id);
  if (reply.lost) lost("This task was given to others while nothing was heard from this page.");
  if (reply.nothing) exhausted = true;
  // A task whose own answer still waits is offered again until that answer has arrived.
  if (reply.task && !known(reply.task.id)) arrive(reply.task);
  if (screen.waiting && !outbox.entries.length && (exhausted || !reply.task)) location.assign(base);
}

function known(id) {
  return id === screen.id || ahead.some((task) => task.id === id) || outbox.entries.some((entry) => entry.id === id);
}

function arrive(task) {
  if (screen.waiting) {
    show(task);
    prepare();
  } else ahead.push(task);
}

function refused(entry, { data }) {
  const why = data?.message ?? "The server refused it.";
  const detail = Object.values(data?.fields ?? {}).join(" ");
  countJudged(-entry.counts);
  const open = done.some((item) => item.id === entry.id) && data?.code === "invalid";
  notice("bad", `Your last answer was not saved. ${why} ${detail}`, open ? { text: "Go back to it", href: `${base}?task=${entry.id}` } : undefined);
  if (data?.code !== "invalid") drafts.drop(entry.id);
  if (screen.waiting) prepare(true);
}

function lost(text) {
  notice("warn", `${text} Your answer is still saved if the task needs one.`, { text: "Take another task", href: base });
}

// --- preparing and keeping ---------------------------------------------------------------------

async function prepare(instead = false) {
  if (!instead && (ahead.length || exhausted)) return;
  const reply = await post(url(screen.id, "prepare"), []);
  if (reply.state !== "ok") return;
  if (reply.data.lost && !screen.waiting) lost("This task was given to others while nothing was heard from this page.");
  if (reply.data.task) known(reply.data.task.id) || arrive(reply.data.task);
  else if (screen.waiting && !outbox.entries.length) location.assign(base);
  else exhausted = ["done", "limit", "empty", "paused"].includes(reply.data.nothing);
}

let lastBeat = Date.now();

async function beat() {
  if (screen.waiting || busy) return;
  lastBeat = Date.now();
  const { id } = screen;
  const reply = await post(url(id, "heartbeat"), [["ahead", ahead[0]?.id ?? ""]]);
  if (reply.state === "refused" && id === screen.id && !outbox.entries.some((entry) => entry.id === id)) lost(reply.data?.message ?? "This task is no longer yours.");
  for (const gone of reply.data?.lost ?? []) ahead.splice(0, ahead.length, ...ahead.filter((task) => task.id !== gone));
  if (reply.state === "ok") prepare();
}

setInterval(() => {
  const present = !document.hidden && clock.quiet < 120000;
  if (present && Date.now() - lastBeat > 40000) beat();
}, 5000);

addEventListener("pagehide", () => {
  saveDraft();
  const token = form.elements.csrfmiddlewaretoken.value;
  for (const task of ahead.splice(0)) navigator.sendBeacon(url(task.id, "release"), new URLSearchParams({ csrfmiddlewaretoken: token }));
});
addEventListener("pageshow", (event) => event.persisted && prepare());

// --- drafts ------------------------------------------------------------------------------------

function saveDraft() {
  if (screen.waiting) return;
  const fields = bar.values();
  const { active, idle } = clock.read();
  if (fields.length || drafts.get(screen.id)) drafts.set(screen.id, { fields, active, idle });
}

let draftTimer;
form.addEventListener("input", () => {
  clearTimeout(draftTimer);
  draftTimer = setTimeout(saveDraft, 150);
});

// --- undo --------------------------------------------------------------------------------------

async function undo() {
  if (busy) return;
  const last = done.at(-1);
  if (last && outbox.withdraw(last.id)) {
    takeBack({ id: last.id, html: last.html }, last.values, last.counts);
    return;
  }
  busy = true;
  await outbox.flush(true);
  const reply = outbox.entries.length ? { state: "later" } : await post(`${base}undo/`, []);
  busy = false;
  if (reply.state === "ok") takeBack(reply.data.task, pairs(reply.data.values), 1);
  else notice("warn", reply.data?.message ?? "Undo needs the connection. Your answers are safe; try again when it is back.");
}

function takeBack(task, values, counts) {
  saveDraft();
  if (!screen.waiting) ahead.unshift({ id: screen.id, html: desk.innerHTML });
  drafts.drop(task.id);
  const at = done.findIndex((item) => item.id === task.id);
  if (at >= 0) done.splice(at);
  countJudged(-counts);
  show(task, values);
  announce("Taken back. Change it and submit it again.");
}

function pairs(values) {
  return Object.entries(values).flatMap(([name, list]) => [list].flat().filter((value) => value !== "").map((value) => [name, value]));
}

// --- guideline, keys ---------------------------------------------------------------------------

const drawer = document.getElementById("drawer");
const guidelineLink = document.getElementById("guideline-link");

function toggleDrawer(open = drawer.hidden) {
  if (!open) return closePanels();
  drawer.hidden = false;
  drawer.focus({ preventScroll: true });
}

guidelineLink?.addEventListener("click", (event) => {
  if (!drawer || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  toggleDrawer();
});
document.getElementById("drawer-close")?.addEventListener("click", () => toggleDrawer(false));

// Clicked with a mouse, the switch must not keep the keys to itself.
document.getElementById("raw").addEventListener("change", () => desk.firstElementChild.focus({ preventScroll: true }));

const keysButton = document.getElementById("keys");
keysButton.hidden = false;
keysButton.addEventListener("click", showSheet);

// Panels open at once, not at the next frame: what is typed right after their key belongs to them.
for (const pop of form.querySelectorAll("details.pop")) {
  pop.querySelector("summary").addEventListener("click", (event) => {
    event.preventDefault();
    pop.open = !pop.open;
    (pop.open ? pop.querySelector("textarea, input") : desk.firstElementChild).focus({ preventScroll: true });
  });
}

for (const button of form.querySelectorAll("[data-close]")) {
  button.hidden = false;
  button.addEventListener("click", () => closePanels());
}

/** Close what is open and give the keys back to the task; whether anything was. */
function closePanels() {
  const open = form.querySelector("details.pop[open]");
  if (open) open.open = false;
  else if (drawer && !drawer.hidden) drawer.hidden = true;
  else return false;
  desk.firstElementChild.focus({ preventScroll: true });
  return true;
}

const ARROWS = { ArrowLeft: () => bar.move(-1), ArrowRight: () => bar.move(1) };
if (bar.questions.length > 1) {
  ARROWS.ArrowUp = () => bar.go(bar.place - 1);
  ARROWS.ArrowDown = () => bar.go(bar.place + 1);
}

// Before keys.js and before the browser's own meaning of arrows on a radio button.
addEventListener(
  "keydown",
  (event) => {
    const { target, key } = event;
    if (document.querySelector("dialog[open]")) return;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) submit();
    } else if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) {
      return;
    } else if (key === "Escape") {
      if (closePanels()) event.stopPropagation();
    } else if (isTyping(target)) {
      return;
    } else if (key === "Enter" || ARROWS[key]) {
      // Inside a panel, and where a button, a link or a scrolling box has the focus, they mean that.
      const theirs = key === "Enter" ? ".sheet, button, a, summary" : ".sheet, [tabindex='0']";
      event.stopPropagation();
      if (target.closest(theirs)) return;
      event.preventDefault();
      if (key !== "Enter") ARROWS[key]();
      else if (!event.repeat) submit();
    }
  },
  { capture: true },
);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
document.getElementById("skip").addEventListener("submit", (event) => {
  event.preventDefault();
  skip();
});
document.getElementById("undo").addEventListener("submit", (event) => {
  event.preventDefault();
  undo();
});

// --- beginning ---------------------------------------------------------------------------------

const draft = drafts.get(screen.id);
if (outbox.entries.some((entry) => entry.id === screen.id)) {
  // The page was reloaded before the answer on this very task was acknowledged: it is on its way.
  screen.waiting = true;
  form.classList.add("waiting");
} else if (draft) {
  bar.fill(draft.fields);
  clock.restart(draft.active, draft.idle);
}
arrange();
outbox.flush();
if (!screen.waiting) prepare();
