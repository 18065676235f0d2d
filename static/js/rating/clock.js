// The time spent on a task.

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
