// What the rating screen keeps in the browser: drafts, answers that wait for the connection, and
// the time spent. Everything works, for as long as the page is open, where storage is switched off.

/**
 * @typedef {import("./bar.js").Field} Field
 *
 * What is filled in on a task that is not submitted, and the time spent on it so far.
 * @typedef {{ fields: Field[], active: number, idle: number, at?: number }} Draft
 *
 * An answer on its way: on which task, where it goes, and by how much it counts as judged.
 * @typedef {{ id: number, url: string, fields: Field[], at: number, counts: number }} Entry
 *
 * A task as the server hands it out: its HTML, and the guideline version that applies to it.
 * @typedef {{ id: number, html: string, guideline?: number | null }} Task
 *
 * What the server may reply: the next task or why there is none, or why it refused.
 * @typedef {object} ReplyData
 * @property {Task | null} [task]
 * @property {string} [nothing]
 * @property {boolean | number[]} [lost]
 * @property {Record<string, string | string[]>} [values]
 * @property {"judgment" | "skip"} [took_back]
 * @property {string} [code]
 * @property {string} [message]
 * @property {Record<string, string>} [fields]
 *
 * What a reply means for the sender: "refused" will never be accepted, "later" means try again,
 * "login" that the rater is logged out.
 * @typedef {"ok" | "refused" | "later" | "login"} State
 * @typedef {{ state: State, status: number, data: ReplyData | null }} Reply
 */

/** @type {Map<string, unknown>} */
const memory = new Map();

/**
 * @param {string} name
 * @returns {unknown}
 */
function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
    memory.delete(name);
  } catch {
    if (value === null) memory.delete(name);
    else memory.set(name, value);
  }
}

const DRAFT_DAYS = 14;

/** Drafts of a rater, one per assignment; old ones are swept. */
export class Drafts {
  /** @param {string} rater */
  constructor(rater) {
    this.prefix = `concord:draft:${rater}:`;
    this.#sweep();
  }

  /** @param {number} id */
  get(id) {
    return /** @type {Draft | null} */ (read(`${this.prefix}${id}`));
  }

  /**
   * @param {number} id
   * @param {Draft} draft
   */
  set(id, draft) {
    write(`${this.prefix}${id}`, { ...draft, at: Date.now() });
  }

  /** @param {number} id */
  drop(id) {
    write(`${this.prefix}${id}`, null);
  }

  #sweep() {
    try {
      for (const name of Object.keys(localStorage)) {
        if (!name.startsWith(this.prefix)) continue;
        const draft = /** @type {Draft | null} */ (read(name));
        if (!(Date.now() - (draft?.at ?? 0) < DRAFT_DAYS * 864e5)) write(name, null);
      }
    } catch {
      // No storage: nothing to sweep.
    }
  }
}

/** A random UUID, also where the page is not in a secure context. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const pairs = [...bytes].map((byte, place) => {
    const marked = place === 6 ? (byte & 0x0f) | 0x40 : place === 8 ? (byte & 0x3f) | 0x80 : byte;
    return marked.toString(16).padStart(2, "0");
  });
  const hex = pairs.join("");
  const ends = [0, 8, 12, 16, 20, 32];
  return ends.slice(1).map((end, place) => hex.slice(ends[place], end)).join("-");
}

function csrf() {
  const cookie = document.cookie.split("; ").find((item) => item.startsWith("csrftoken="));
  const field = /** @type {HTMLInputElement | null} */ (
    document.querySelector("[name=csrfmiddlewaretoken]")
  );
  return cookie?.slice(10) ?? field?.value ?? "";
}

/**
 * POST a form and read JSON.
 * @param {string} url
 * @param {Field[]} fields
 * @returns {Promise<Reply>}
 */
export async function post(url, fields) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json", "X-CSRFToken": csrf() },
      credentials: "same-origin",
      signal: AbortSignal.timeout?.(20000),
    });
  } catch {
    return { state: "later", status: 0, data: null };
  }
  if (response.redirected) return { state: "login", status: 401, data: null };
  const isJson = (response.headers.get("content-type") ?? "").includes("application/json");
  /** @type {ReplyData | null} */
  let data = null;
  try {
    data = isJson ? await response.json() : null;
  } catch {
    return { state: "later", status: 0, data: null };
  }
  const { ok, status } = response;
  if (ok) return { state: data || status === 204 ? "ok" : "later", status, data };
  if (status === 403) return { state: "login", status, data };
  const refused = [400, 404, 409, 413, 422].includes(status);
  return { state: refused ? "refused" : "later", status, data };
}

/**
 * What the sender of answers asks and tells.
 * @typedef {object} OutboxHooks
 * @property {() => number | null} showing the task on the screen
 * @property {() => void} changed something was sent, or could not be
 * @property {(entry: Entry, reply: ReplyData | null) => void} saved
 * @property {(entry: Entry, reply: Reply) => void} refused
 */

/**
 * Answers on their way. Each is kept until the server has acknowledged or refused it, across
 * reloads; they are sent one after the other, in order.
 */
export class Outbox {
  /** The answer that is being sent just now. @type {number | null} */
  #sending = null;
  /** @type {Promise<void> | null} */
  #running = null;
  /** @type {number | undefined} */
  #timer;
  #wait = 0;

  /**
   * @param {string} name
   * @param {OutboxHooks} hooks
   */
  constructor(name, hooks) {
    this.name = `concord:outbox:${name}`;
    this.hooks = hooks;
    /** @type {State} */
    this.state = "ok";
    addEventListener("online", () => this.flush(true));
    document.addEventListener("visibilitychange", () => document.hidden || this.flush(true));
  }

  get entries() {
    return /** @type {Entry[] | null} */ (read(this.name)) ?? [];
  }

  /**
   * Whether an answer on this task is waiting.
   * @param {number} id
   */
  has(id) {
    return this.entries.some((entry) => entry.id === id);
  }

  /** @param {Entry} entry */
  add(entry) {
    write(this.name, [...this.entries.filter((item) => item.id !== entry.id), entry]);
    return this.flush(true);
  }

  /**
   * Take an answer back before it was sent; whether that was possible.
   * @param {number} id
   */
  withdraw(id) {
    if (this.#sending === id || !this.has(id)) return false;
    this.#remove(id);
    this.hooks.changed();
    return true;
  }

  /** @param {number} id */
  #remove(id) {
    const left = this.entries.filter((item) => item.id !== id);
    write(this.name, left.length ? left : null);
  }

  /** Send what waits; `now` without the pause that failures have earned. */
  flush(now = false) {
    if (now) this.#wait = 0;
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  async #run() {
    clearTimeout(this.#timer);
    /** @type {Set<number>} */
    const stuck = new Set();
    const next = () => this.entries.find((entry) => !stuck.has(entry.id));
    for (let entry = next(); entry; entry = next()) {
      this.#sending = entry.id;
      /** @type {Field} */
      const showing = ["showing", String(this.hooks.showing() ?? "")];
      const reply = await post(entry.url, [...entry.fields, showing]);
      this.#sending = null;
      this.state = reply.state;
      if (reply.state === "later" || reply.state === "login") {
        stuck.add(entry.id);
        // An error with this one answer must not hold up the others; no connection holds up all.
        if (reply.status === 500) continue;
        break;
      }
      this.#remove(entry.id);
      this.#wait = 0;
      if (reply.state === "ok") this.hooks.saved(entry, reply.data);
      else this.hooks.refused(entry, reply);
    }
    if (stuck.size) {
      this.state = this.state === "ok" || this.state === "refused" ? "later" : this.state;
      this.#wait = Math.min(20000, this.#wait ? this.#wait * 2 : 1500);
      this.#timer = setTimeout(() => this.flush(), this.#wait);
    }
    this.hooks.changed();
  }
}

const IDLE_AFTER = 30000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "scroll", "touchmove", "input"];

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
