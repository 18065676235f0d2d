// What the rating desk keeps in the browser: drafts, answers that wait for the connection, answers
// that were refused. A browser may be shared, so every name begins with the account it belongs to.
// Everything works, for as long as the page is open, where storage is switched off or full.

import { account, stored } from "../app.js";

/** @import { Draft, Entry, Field, OutboxHooks, Reply, ReplyData, State } from "./types.js" */

/** What the browser's storage had no room for. @type {Map<string, unknown>} */
const memory = new Map();

/**
 * @param {string} name
 * @returns {unknown}
 */
export function read(name) {
  if (memory.has(name)) return memory.get(name);
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function write(name, value) {
  memory.delete(name);
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    if (value !== null) memory.set(name, value);
  }
}

/**
 * Names of what is kept that begin so.
 * @param {string} prefix
 */
export function names(prefix) {
  const volatile = [...memory.keys()].filter((name) => name.startsWith(prefix));
  return [...new Set([...stored(prefix), ...volatile])];
}

/** The account's id alone: before accounts had a key, it named what belongs to them. */
const formerKey = account.split(".")[0];

const DRAFT_DAYS = 14;
/** A clock that says more is broken; the server cuts it, and sees that there was something to cut. */
const LONGEST_MS = 2 ** 31;

/** Drafts of a rater, one per assignment; old ones are swept. */
export class Drafts {
  #prefix = `concord:draft:${account}:`;

  constructor() {
    const former = `concord:draft:${formerKey}:`;
    for (const name of stored(former)) {
      write(this.#prefix + name.slice(former.length), read(name));
      write(name, null);
    }
    for (const name of stored(this.#prefix)) {
      const draft = /** @type {Draft | null} */ (read(name));
      if (!(Date.now() - (draft?.at ?? 0) < DRAFT_DAYS * 864e5)) write(name, null);
    }
  }

  /** @param {number} id */
  get(id) {
    return /** @type {Draft | null} */ (read(`${this.#prefix}${id}`));
  }

  /**
   * @param {number} id
   * @param {Draft} draft
   */
  set(id, { fields, active, idle }) {
    if (document.body.dataset.left !== undefined) return; // Its person has logged out.
    const times = { active: Math.min(active, LONGEST_MS), idle: Math.min(idle, LONGEST_MS) };
    write(`${this.#prefix}${id}`, { fields, ...times, at: Date.now() });
  }

  /** @param {number} id */
  drop(id) {
    write(`${this.#prefix}${id}`, null);
  }
}

/** A random UUID, also where the page is not in a secure context. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    return (Number(digit) ^ ((byte & 15) >> (Number(digit) / 4))).toString(16);
  });
}

function csrf() {
  const cookie = document.cookie.split("; ").find((item) => item.startsWith("csrftoken="));
  const field = /** @type {HTMLInputElement | null} */ (
    document.querySelector("[name=csrfmiddlewaretoken]")
  );
  return cookie?.slice(10) ?? field?.value ?? "";
}

/**
 * What a refusal means for what was sent. Only a refusal with its reason is final.
 * @param {number} status
 * @param {ReplyData | null} data
 * @returns {State}
 */
function meaning(status, data) {
  if (status === 401 || data?.code === "csrf") return "login";
  if (data?.code === "other_account") return "foreign";
  if (status === 403 || status === 404) return "denied";
  return [400, 409, 422].includes(status) && data?.message ? "refused" : "later";
}

/**
 * POST a form as this page's person and read JSON.
 * @param {string} url
 * @param {Field[]} fields
 * @returns {Promise<Reply>}
 */
export async function post(url, fields) {
  /** @type {Reply} */
  const later = { state: "later", status: 0, data: null };
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: {
        Accept: "application/json",
        "X-CSRFToken": csrf(),
        "X-Concord-Account": account,
      },
      credentials: "same-origin",
      signal: AbortSignal.timeout?.(20000),
    });
  } catch {
    return later;
  }
  if (response.redirected) return { state: "login", status: 401, data: null };
  const isJson = (response.headers.get("content-type") ?? "").includes("application/json");
  /** @type {ReplyData | null} */
  let data = null;
  try {
    data = isJson ? await response.json() : null;
  } catch {
    return later;
  }
  const { ok, status } = response;
  if (!ok) return { state: meaning(status, data), status, data };
  return { state: data || status === 204 ? "ok" : "later", status, data };
}

/**
 * A rater's answers on their way to one project, each under a name of its own, so that two tabs
 * cannot overwrite each other's. Each is kept until the server has acknowledged it, across reloads
 * and log-ins; one that is refused for good is kept apart, to be read and copied. They are sent one
 * after the other, in order.
 */
export class Outbox {
  /** The answer that is being sent just now. @type {number | null} */
  #sending = null;
  /** What may have arrived, although no reply came. @type {Set<number>} */
  #tried = new Set();
  /** @type {Promise<void> | null} */
  #running = null;
  /** @type {number | undefined} */
  #timer;
  #wait = 0;
  #project;
  #prefix;

  /**
   * @param {string} project
   * @param {OutboxHooks} hooks
   */
  constructor(project, hooks) {
    this.#project = project;
    this.#prefix = `concord:outbox:${account}:${project}:`;
    this.hooks = hooks;
    /** @type {State} */
    this.state = "ok";
    /** Why the server does not take them now, in its words. */
    this.why = "";
    this.#adopt();
    addEventListener("online", () => this.flush(true));
    document.addEventListener("visibilitychange", () => document.hidden || this.flush(true));
    addEventListener("beforeunload", (event) => {
      if (this.isVolatile) event.preventDefault();
    });
  }

  /** Take over what was kept under one name a project, before accounts had a key. */
  #adopt() {
    const former = `concord:outbox:${formerKey}:${this.#project}`;
    const entries = read(former);
    if (!Array.isArray(entries)) return;
    write(former, null);
    for (const entry of entries) if (entry?.url) write(`${this.#prefix}${entry.id}`, entry);
  }

  get entries() {
    const entries = names(this.#prefix).map((name) => /** @type {Entry | null} */ (read(name)));
    return entries.filter((entry) => entry !== null).sort((a, b) => a.at - b.at);
  }

  /** Whether some are kept by this page alone, because the browser's storage has no room. */
  get isVolatile() {
    return [...memory.keys()].some((name) => name.startsWith(this.#prefix));
  }

  /**
   * Whether an answer on this task is waiting.
   * @param {number} id
   */
  has(id) {
    return read(`${this.#prefix}${id}`) !== null;
  }

  /**
   * Whether a waiting answer was sent and may have arrived.
   * @param {number} id
   */
  tried(id) {
    return this.#tried.has(id);
  }

  /** @param {Entry} entry */
  add(entry) {
    this.#tried.delete(entry.id);
    write(`${this.#prefix}${entry.id}`, entry);
    return this.flush(true);
  }

  /**
   * Take an answer back before it was sent; whether that was possible.
   * @param {number} id
   */
  withdraw(id) {
    if (this.#sending === id || !this.has(id)) return false;
    write(`${this.#prefix}${id}`, null);
    this.hooks.changed();
    return true;
  }

  /** Send what waits; `now` without the pause that failures have earned. */
  flush(now = false) {
    if (now) this.#wait = 0;
    this.#running ??= this.#inTurn(async () => {
      try {
        await this.#run();
      } finally {
        this.#running = null;
      }
    });
    return this.#running;
  }

  /**
   * One tab at a time, where the browser can say so: the others find nothing left to send.
   * @param {() => Promise<void>} run
   */
  #inTurn(run) {
    return navigator.locks?.request(this.#prefix, run).catch(run) ?? run();
  }

  async #run() {
    clearTimeout(this.#timer);
    this.#adopt();
    /** @type {Map<number, State>} */
    const stuck = new Map();
    const next = () => this.entries.find((entry) => !stuck.has(entry.id));
    for (let entry = next(); entry; entry = next()) {
      this.#sending = entry.id;
      if (navigator.onLine) this.#tried.add(entry.id);
      const reply = await post(entry.url, [...entry.fields, ...this.hooks.facts()]);
      const late = reply.state === "ok" && reply.data?.late === true;
      // Something else between here and the server may answer anything to everything.
      if (reply.state === "ok" && !late && !("task" in (reply.data ?? {}))) reply.state = "later";
      this.#sending = null;
      this.state = reply.state;
      this.why = reply.data?.message ?? "";
      if (reply.state !== "ok" && reply.state !== "refused") {
        stuck.set(entry.id, reply.state);
        // What is wrong with this one answer must not hold up the others; what holds up all stops here.
        if (reply.status === 500 || reply.state === "denied") continue;
        break;
      }
      this.#wait = 0;
      if (late || reply.state === "refused") this.#keepRefused({ ...entry, late }, reply);
      // Unless it was taken back and answered again meanwhile.
      const kept = /** @type {Entry | null} */ (read(`${this.#prefix}${entry.id}`));
      if (kept?.at === entry.at) write(`${this.#prefix}${entry.id}`, null);
      if (reply.state === "ok" && !late) this.hooks.saved(entry, reply.data);
      else this.hooks.refused(entry, reply);
    }
    const held = [...stuck.values()].pop();
    if (held) {
      this.state = held;
      const most = held === "denied" ? 300000 : 20000;
      this.#wait = Math.min(most, this.#wait ? this.#wait * 2 : 1500);
      this.#timer = setTimeout(() => this.flush(), this.#wait);
    }
    this.hooks.changed();
  }

  /**
   * @param {Entry} entry
   * @param {Reply} reply
   */
  #keepRefused(entry, { data }) {
    const why = [data?.message, ...Object.values(data?.fields ?? {})].filter(Boolean).join(" ");
    const open = data?.code === "invalid"
      ? entry.url.replace(/\d+\/\w+\/$/, `?task=${entry.id}`)
      : undefined;
    write(`concord:refused:${account}:${this.#project}:${entry.id}`, { ...entry, why, open });
  }
}
