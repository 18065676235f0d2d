// What is prepared, kept and sent: the next task is there before it is asked for, and an answer is
// kept until the server has acknowledged it. What is shown of it is the business of the screen.

import { say } from "../app.js";
import { Drafts, Outbox, post, uuid } from "./store.js";

/** @import { Entry, Field, ReplyData, Task } from "./types.js" */
/** @import { Screen } from "./screen.js" */

/**
 * A task that was answered on this page, as it was left.
 * @typedef {Task & { fields: Field[], counts: number, act: "submit" | "skip" }} Answered
 */

const IDLE_AFTER = 30000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "scroll", "touchmove", "input"];

/** How many answers can be taken back without asking the server for their tasks. */
const REMEMBERED = 20;

/** Why there may never be another task for this rater, as long as nothing changes. */
const FINAL = ["done", "limit", "share_limit", "empty", "paused", "rater_paused"];

/** Active and idle milliseconds on one task: 30 s without a sign of life, or a hidden tab, is idle. */
export class Clock {
  #active = 0;
  #idle = 0;
  #last = Date.now();
  #hidden = document.hidden;

  /** @param {() => void} woken is called when somebody is back after a minute or more */
  constructor(woken) {
    this.woken = woken;
    for (const sign of SIGNS) {
      addEventListener(sign, () => this.#sign(), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => this.#visibility());
  }

  restart(active = 0, idle = 0) {
    this.#active = active;
    this.#idle = idle;
    this.#last = Date.now();
    this.#hidden = document.hidden;
  }

  /** Milliseconds since the last sign of life. */
  get quiet() {
    return Date.now() - this.#last;
  }

  /** The time since the last sign of life, parted. */
  #since() {
    const passed = Math.max(0, Date.now() - this.#last);
    const active = this.#hidden ? 0 : Math.min(passed, IDLE_AFTER);
    return { passed, active, idle: passed - active };
  }

  #add() {
    const { passed, active, idle } = this.#since();
    this.#active += active;
    this.#idle += idle;
    this.#last += passed;
    return passed;
  }

  #sign() {
    if (document.hidden || this.quiet < 250) return;
    if (this.#add() > 60000) this.woken();
  }

  #visibility() {
    const passed = this.#add();
    this.#hidden = document.hidden;
    if (!this.#hidden && passed > 60000) this.woken();
  }

  read() {
    const { active, idle } = this.#since();
    return { active: Math.round(this.#active + active), idle: Math.round(this.#idle + idle) };
  }
}

export class Queue {
  /** Tasks prepared. @type {Task[]} */
  #ahead = [];
  /** What was just answered, newest last. @type {Answered[]} */
  #done = [];
  #exhausted = false;
  #busy = false;
  /** What is left on purpose. */
  #abandoned = 0;
  #lastBeat = Date.now();

  /**
   * @param {Screen} screen
   * @param {Clock} clock
   */
  constructor(screen, clock) {
    this.screen = screen;
    this.clock = clock;
    this.drafts = new Drafts();
    this.outbox = new Outbox(screen.project, {
      facts: () => [["showing", screen.waiting ? "" : String(screen.id)], screen.faces],
      changed: () => screen.banner(this.outbox),
      saved: (entry, reply) => this.#saved(entry, reply ?? {}),
      refused: (entry, reply) => this.#refused(entry, reply.data?.code === "invalid"),
    });
  }

  /** Take up what was left when the page was last open, then send what waits. */
  begin() {
    const draft = this.drafts.get(this.screen.id);
    if (this.outbox.has(this.screen.id)) {
      // The page was reloaded before the answer on this very task was acknowledged: it is on its way.
      this.screen.wait();
    } else if (draft) {
      this.screen.bar.fill(draft.fields);
      this.clock.restart(draft.active, draft.idle);
    }
    this.screen.arrange();
    this.outbox.flush();
    if (!this.screen.waiting) this.prepare();
  }

  /** Whether nothing can be said about a task just now. */
  get #idle() {
    return this.screen.waiting || this.#busy;
  }

  // --- answering -------------------------------------------------------------------------------

  submit() {
    const { bar } = this.screen;
    if (this.#idle) return;
    // The second half of a double click is not an answer to the next task.
    if (this.screen.age < 500 && bar.values().length === 0) return;
    const missing = bar.missing(this.screen.rationaleRequired);
    if (missing) {
      this.screen.announce(missing);
      return;
    }
    const { active, idle } = this.clock.read();
    const fields = bar.values();
    /** @type {Field[]} */
    const facts = [
      ["key", uuid()],
      ["rubric", this.screen.rubric],
      ["active_ms", String(active)],
      ["idle_ms", String(idle)],
    ];
    this.#leave(fields, "submit", [...fields, ...facts], this.screen.isChange ? 0 : 1);
  }

  /** @param {HTMLElement | null} pressed a button may bring a reason of its own */
  skip(pressed) {
    if (this.#idle) return;
    if (this.screen.isChange) return this.screen.leaveChange();
    const form = /** @type {HTMLFormElement} */ (document.getElementById("skip"));
    const entries = [...new FormData(form, pressed)].filter(([name]) =>
      name !== "csrfmiddlewaretoken"
    );
    const facts = entries.map(([name, value]) => /** @type {Field} */ ([name, String(value)]));
    if (!facts.some(([name]) => name === "reason")) {
      this.screen.askReason();
      return;
    }
    this.#leave(this.screen.bar.values(), "skip", facts, 0);
  }

  /**
   * Queue what was said about this task and go on at once, if the next one is here.
   * @param {Field[]} fields what is filled in
   * @param {"submit" | "skip"} act
   * @param {Field[]} facts what is sent
   * @param {number} counts by how much more is judged then
   */
  #leave(fields, act, facts, counts) {
    const { screen } = this;
    this.saveDraft();
    this.#done.push({ ...screen.shown, fields, counts, act });
    if (this.#done.length > REMEMBERED) this.#done.shift();
    const url = screen.address(screen.id, act);
    const { person, about } = screen;
    const said = { person, about, words: act === "submit" ? screen.bar.words() : "" };
    const entry = { id: screen.id, url, fields: facts, at: Date.now(), counts, ...said };
    screen.clearNotices();
    screen.countJudged(counts);
    const last = act === "submit" ? say("judgedLast", { about }) : say("skippedLast", { about });
    screen.tellLast(last, true);
    const next = this.#ahead.shift();
    if (next) this.#show(next);
    else {
      screen.wait();
      screen.announce(say("saving"));
    }
    this.outbox.add(entry);
  }

  /**
   * Show a task with its draft; without one, with what is given.
   * @param {Task} task
   * @param {Field[]} [fields]
   */
  #show(task, fields) {
    // Without a connection it is answered as the page asks, which the answer says.
    if (this.screen.isOutdated(task) && navigator.onLine) {
      this.screen.wait();
      this.screen.reload(task);
      return;
    }
    if (!this.screen.asks(task)) {
      this.#equip(task, fields);
      return;
    }
    const draft = this.drafts.get(task.id);
    this.screen.show(task, draft?.fields ?? fields);
    this.clock.restart(draft?.active, draft?.idle);
  }

  /**
   * Show a task once its questions are here; else load the page anew with it.
   * @param {Task} task
   * @param {Field[]} [fields]
   */
  async #equip(task, fields) {
    const { screen } = this;
    screen.wait();
    this.#busy = true;
    this.#ahead.unshift(task); // It is known meanwhile.
    const isEquipped = await screen.learn(task);
    this.#ahead = this.#ahead.filter((other) => other !== task);
    this.#busy = false;
    if (isEquipped) {
      this.#show(task, fields);
      this.prepare();
    } else if (navigator.onLine) screen.reload(task);
    else addEventListener("online", () => screen.reload(task), { once: true });
  }

  /**
   * @param {Entry} entry
   * @param {ReplyData} reply
   */
  #saved(entry, reply) {
    const { screen } = this;
    this.drafts.drop(entry.id);
    if (reply.lost) this.#lost(say("lost"));
    if (reply.explained) this.screen.notice("info", reply.explained);
    if (reply.nothing) this.#exhausted = true;
    // A task whose own answer still waits is offered again until that answer has arrived.
    if (reply.task && !this.#known(reply.task.id)) this.#arrive(reply.task);
    const over = this.#exhausted || !reply.task;
    if (screen.waiting && !this.outbox.entries.length && over) screen.leave();
  }

  /**
   * Whether a task is here or was answered here: a reply that comes late may still bring it.
   * @param {number} id
   */
  #known(id) {
    const here = [...this.#ahead, ...this.#done].some((task) => task.id === id);
    return here || id === this.screen.id || this.outbox.has(id);
  }

  /** @param {Task} task */
  #arrive(task) {
    if (this.screen.waiting && !this.#busy) {
      this.#show(task);
      this.prepare();
    } else {
      this.#ahead.push(task);
      this.screen.learn(task);
    }
  }

  /**
   * @param {Entry} entry
   * @param {boolean} open whether it can be changed and sent again: then its draft stays
   */
  async #refused(entry, open) {
    const { screen } = this;
    screen.countJudged(-entry.counts);
    if (!open) this.drafts.drop(entry.id);
    this.#done = this.#done.filter((item) => item.id !== entry.id);
    if (screen.waiting) this.prepare(true);
    const { tellRefused } = await import("./waiting.js");
    tellRefused();
  }

  /** @param {string} why */
  #lost(why) {
    const another = { text: say("takeAnother"), href: this.screen.base };
    this.screen.notice("warn", `${why} ${say("stillSaved")}`, another);
  }

  // --- preparing and keeping -------------------------------------------------------------------

  /** Have the next task ready; `instead` of one that is waited for, whatever is here. */
  async prepare(instead = false) {
    const { screen } = this;
    if (!instead && (this.#ahead.length || this.#exhausted)) return;
    const { state, data } = await post(screen.address(screen.id, "prepare"), [screen.faces]);
    if (state !== "ok" || !data) return;
    if (data.lost && !screen.waiting) this.#lost(say("lost"));
    if (data.task) {
      if (!this.#known(data.task.id)) this.#arrive(data.task);
    } else if (screen.waiting && !this.outbox.entries.length) screen.leave();
    else this.#exhausted = FINAL.includes(data.nothing ?? "");
  }

  /** Keep the lease of the task on the screen and of the one prepared. */
  async beat() {
    if (this.#idle) return;
    this.#lastBeat = Date.now();
    const { id } = this.screen;
    const ahead = String(this.#ahead[0]?.id ?? "");
    const { state, data } = await post(this.screen.address(id, "heartbeat"), [["ahead", ahead]]);
    if (state === "refused" && id === this.screen.id && !this.outbox.has(id)) {
      this.#lost(data?.message ?? say("noLongerYours"));
    }
    if (Array.isArray(data?.lost)) {
      const { lost } = data;
      this.#ahead = this.#ahead.filter((task) => !lost.includes(task.id));
    }
    if (state === "ok") this.prepare();
  }

  /** Beat while somebody is there. */
  watch() {
    const present = !document.hidden && this.clock.quiet < 120000;
    if (present && Date.now() - this.#lastBeat > 40000) this.beat();
  }

  /** Keep what is filled in and give back what was prepared. */
  close() {
    this.saveDraft();
    const { form } = this.screen;
    const token = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrfmiddlewaretoken"));
    for (const task of this.#ahead.splice(0)) {
      const body = new URLSearchParams({ csrfmiddlewaretoken: token.value });
      navigator.sendBeacon(this.screen.address(task.id, "release"), body);
    }
  }

  /** Leave an answer that was to be changed as it is: what was filled in otherwise goes. */
  abandon() {
    this.drafts.drop(this.screen.id);
    this.#abandoned = this.screen.id;
  }

  saveDraft() {
    const { id, waiting, bar } = this.screen;
    if (waiting || id === this.#abandoned) return;
    const fields = bar.values();
    if (fields.length || this.drafts.get(id)) this.drafts.set(id, { fields, ...this.clock.read() });
  }

  // --- undo ------------------------------------------------------------------------------------

  async undo() {
    if (this.#busy) return;
    const last = this.#done.at(-1);
    // What may have arrived is taken back where it may be, if that can be reached.
    if (last && !this.outbox.tried(last.id) && this.#withdraw(last)) return;
    this.#busy = true;
    await Promise.race([this.outbox.flush(true), new Promise((end) => setTimeout(end, 3000))]);
    if (last && this.#withdraw(last)) {
      this.#busy = false;
      return;
    }
    const isWaiting = last ? this.outbox.has(last.id) : this.outbox.entries.length > 0;
    const reply = isWaiting ? null : await post(`${this.screen.base}undo/`, [this.screen.faces]);
    this.#busy = false;
    const task = reply?.data?.task;
    if (reply?.state !== "ok" || !task) {
      this.screen.notice("warn", reply?.data?.message ?? say("undoOffline"));
      return;
    }
    const isSkip = reply.data?.took_back === "skip";
    const before = this.#done.find((item) => item.id === task.id);
    const fields = pairs(reply.data?.values ?? {});
    this.#takeBack(task, isSkip && before ? before.fields : fields, isSkip ? 0 : 1, isSkip);
  }

  /**
   * Take an answer back that was not sent; whether that was possible.
   * @param {Answered} last
   */
  #withdraw(last) {
    if (!this.outbox.withdraw(last.id)) return false;
    this.#takeBack(last, last.fields, last.counts, last.act === "skip");
    return true;
  }

  /**
   * @param {Task} task
   * @param {Field[]} fields
   * @param {number} counts by how much less is judged then
   * @param {boolean} isSkip
   */
  #takeBack(task, fields, counts, isSkip) {
    const { screen } = this;
    this.saveDraft();
    if (!screen.waiting) this.#ahead.unshift(screen.shown);
    // A turn after a choice may be no longer this rater's; what comes next hangs on the new choice.
    if (this.#ahead.some((other) => other.html.includes("data-follows"))) this.#ahead = [];
    this.drafts.drop(task.id);
    const at = this.#done.findIndex((item) => item.id === task.id);
    if (at >= 0) this.#done.splice(at);
    screen.countJudged(-counts);
    this.#show(task, fields);
    const { about } = screen;
    const words = isSkip ? say("tookBackSkip", { about }) : say("tookBackJudgment", { about });
    screen.tellLast(words, false);
    screen.announce(words);
  }
}

/**
 * What the server says was filled in, as fields.
 * @param {Record<string, string | string[]>} values
 * @returns {Field[]}
 */
function pairs(values) {
  return Object.entries(values).flatMap(([name, list]) =>
    [list].flat().filter((value) => value !== "").map((
      value,
    ) => /** @type {Field} */ ([name, value]))
  );
}
