// The rating screen with a script: the next task is there before it is asked for, answers are kept
// until they are acknowledged, and everything has a key. Without it, the same forms work by themselves.

import { account } from "../app.js";
import { Bar, onField } from "./bar.js";
import { Clock, Queue } from "./queue.js";
import { Screen } from "./screen.js";
import { read } from "./store.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("judgment"));
const task = /** @type {HTMLElement} */ (document.getElementById("task"));
const { script } = form.dataset;

// Of a kind without a script, the form works by itself.
if (script) {
  const { default: KindControl } = await import(script);
  const clock = new Clock(() => queue.beat());
  const screen = new Screen(new Bar(form, task, KindControl));
  const queue = new Queue(screen, clock);
  let draftTimer = 0;

  screen.listen({
    submit: () => queue.submit(),
    skip: (pressed) => queue.skip(pressed),
    undo: () => queue.undo(),
  });
  onField(form, "input", () => {
    clearTimeout(draftTimer);
    draftTimer = setTimeout(() => queue.saveDraft(), 150);
  });
  setInterval(() => queue.watch(), 5000);
  addEventListener("pagehide", () => queue.close());
  addEventListener("pageshow", (event) => event.persisted && queue.prepare());
  document.getElementById("desk")?.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-leave]")) queue.abandon();
  });
  queue.begin();
  listenForMarks();
  const link = /** @type {HTMLAnchorElement | null} */ (document.getElementById("differ"));
  link?.addEventListener("click", async (event) => {
    event.preventDefault();
    (await import("./differ.js")).differ(link);
  });
  listenForPictures();
  listenForQuestions(screen);
  // A pause is proposed after minutes: its script comes when the first is over.
  setTimeout(() => import("./pause.js").then(({ watch }) => watch()), 60_000);
  if (document.querySelector("[data-unread]")) {
    setTimeout(() => import("./unread.js").then(({ look }) => look(), () => {}), 1000);
  }
  form.dataset.scripted = ""; // From here on keys are heard.
}

/**
 * To ask has a script of its own, which comes with the first question, or with one that was left.
 * @param {Screen} screen
 */
function listenForQuestions(screen) {
  const ask = document.getElementById("ask");
  const field = document.getElementById("asked");
  const asking = async () => (await import("./asking.js")).asking(screen);
  ask?.addEventListener("submit", (event) => {
    event.preventDefault();
    asking().then((question) => question.send());
  });
  field?.addEventListener("input", asking, { once: true });
  if (read(`concord:${account}:question:${screen.project}`)) asking();
}

/** Pictures and covers have scripts of their own, which come with the first task that has any. */
function listenForPictures() {
  const desk = document.getElementById("desk");
  const begin = async () => {
    for (const part of desk?.querySelectorAll("[data-script]") ?? []) {
      (await import(part.getAttribute("data-script") ?? "")).begin();
    }
  };
  if (desk) new MutationObserver(begin).observe(desk, { childList: true });
  begin();
}

/** Passages can be marked: what that takes comes with the first selection, key or mark. */
function listenForMarks() {
  const desk = document.getElementById("desk");
  const spans = document.getElementById("spans");
  const button = document.getElementById("mark-words");
  if (!desk || !spans || !button) return;
  const marks = async () => (await import("./marks.js")).marksOf(form);
  button.hidden = false;
  button.addEventListener("click", async () => (await marks()).menu.begin());
  document.addEventListener("selectionchange", function selected() {
    const selection = getSelection();
    if (selection?.isCollapsed !== false || !desk.contains(selection.anchorNode)) return;
    document.removeEventListener("selectionchange", selected);
    marks();
  });
  new MutationObserver(() => marks()).observe(spans, { childList: true });
  if (spans.firstElementChild) marks();
}
