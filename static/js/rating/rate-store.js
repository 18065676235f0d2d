// What the rating screen keeps in the browser: drafts, and answers that wait for the connection.
// Everything works, for as long as the page is open, where storage is switched off.

const memory = new Map();

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

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
  constructor(rater) {
    this.prefix = `concord:draft:${rater}:`;
    this.sweep();
  }

  get(id) {
    return read(this.prefix + id);
  }

  set(id, draft) {
    write(this.prefix + id, { ...draft, at: Date.now() });
  }

  drop(id) {
    write(this.prefix + id, null);
  }

  sweep() {
    try {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(this.prefix) && !(Date.now() - (read(name)?.at ?? 0) < DRAFT_DAYS * 864e5)) write(name, null);
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
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function csrf() {
  const cookie = document.cookie.split("; ").find((item) => item.startsWith("csrftoken="));
  return cookie?.slice(10) ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

/**
 * POST a form and read JSON: {state, status, data}. `state` says what it means for the sender:
 * "ok"; "refused" (it will never be accepted, data.message says why); "later" (try again);
 * "login" (logged out meanwhile).
 */
export async function post(url, fields) {
  const body = new URLSearchParams(fields);
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": csrf() },
      credentials: "same-origin",
      signal: AbortSignal.timeout?.(20000),
    });
  } catch {
    return { state: "later", status: 0, data: null };
  }
  if (response.redirected) return { state: "login", status: 401, data: null };
  const isJson = (response.headers.get("content-type") ?? "").includes("application/json");
  let data = null;
  try {
    data = isJson ? await response.json() : null;
  } catch {
    return { state: "later", status: 0, data: null };
  }
  if (response.ok) return { state: data || response.status === 204 ? "ok" : "later", status: response.status, data };
  const refused = [400, 404, 409, 413, 422].includes(response.status);
  if (response.status === 403) return { state: "login", status: 403, data };
  return { state: refused ? "refused" : "later", status: response.status, data };
}

/**
 * Answers on their way. Each is kept until the server has acknowledged or refused it, across
 * reloads; they are sent one after the other, in order.
 */
export class Outbox {
  constructor(name, { showing, changed, saved, refused }) {
    this.name = `concord:outbox:${name}`;
    this.hooks = { showing, changed, saved, refused };
    this.sending = null;
    this.state = "ok";
    this.wait = 0;
    addEventListener("online", () => this.flush(true));
    document.addEventListener("visibilitychange", () => document.hidden || this.flush(true));
  }

  get entries() {
    return read(this.name) ?? [];
  }

  add(entry) {
    write(this.name, [...this.entries.filter((item) => item.id !== entry.id), entry]);
    return this.flush(true);
  }

  /** Take an answer back before it was sent; whether that was possible. */
  withdraw(id) {
    if (this.sending === id || !this.entries.some((item) => item.id === id)) return false;
    this.#remove(id);
    this.hooks.changed();
    return true;
  }

  #remove(id) {
    const left = this.entries.filter((item) => item.id !== id);
    write(this.name, left.length ? left : null);
  }

  flush(now = false) {
    if (now) this.wait = 0;
    this.running ??= this.#run().finally(() => (this.running = null));
    return this.running;
  }

  async #run() {
    clearTimeout(this.timer);
    const stuck = new Set();
    const next = () => this.entries.find((entry) => !stuck.has(entry.id));
    for (let entry = next(); entry; entry = next()) {
      this.sending = entry.id;
      const reply = await post(entry.url, [...entry.fields, ["showing", this.hooks.showing() ?? ""]]);
      this.sending = null;
      this.state = reply.state;
      if (reply.state === "later" || reply.state === "login") {
        stuck.add(entry.id);
        // An error with this one answer must not hold up the others; no connection holds up all.
        if (reply.status === 500) continue;
        break;
      }
      this.#remove(entry.id);
      this.wait = 0;
      if (reply.state === "ok") this.hooks.saved(entry, reply.data);
      else this.hooks.refused(entry, reply);
    }
    if (stuck.size) {
      this.state = this.state === "ok" || this.state === "refused" ? "later" : this.state;
      this.wait = Math.min(20000, this.wait ? this.wait * 2 : 1500);
      this.timer = setTimeout(() => this.flush(), this.wait);
    }
    this.hooks.changed();
  }
}

const IDLE_AFTER = 30000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "scroll", "touchmove", "input"];

/** Active and idle milliseconds on one task: 30 s without a sign of life, or a hidden tab, is idle. */
export class Clock {
  constructor(woken) {
    this.woken = woken;
    this.restart();
    for (const sign of SIGNS) addEventListener(sign, () => this.#sign(), { passive: true, capture: true });
    document.addEventListener("visibilitychange", () => this.#visibility());
  }

  restart(active = 0, idle = 0) {
    this.active = active;
    this.idle = idle;
    this.last = Date.now();
    this.hidden = document.hidden;
  }

  /** Milliseconds since the last sign of life. */
  get quiet() {
    return Date.now() - this.last;
  }

  #add() {
    const passed = Math.max(0, Date.now() - this.last);
    const active = this.hidden ? 0 : Math.min(passed, IDLE_AFTER);
    this.active += active;
    this.idle += passed - active;
    this.last += passed;
    return passed;
  }

  #sign() {
    if (document.hidden || Date.now() - this.last < 250) return;
    if (this.#add() > 60000) this.woken();
  }

  #visibility() {
    const passed = this.#add();
    this.hidden = document.hidden;
    if (!this.hidden && passed > 60000) this.woken();
  }

  read() {
    const passed = Math.max(0, Date.now() - this.last);
    const active = this.hidden ? 0 : Math.min(passed, IDLE_AFTER);
    return { active: Math.round(this.active + active), idle: Math.round(this.idle + passed - active) };
  }
}
