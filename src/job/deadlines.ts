/**
 * Keeps all deadlines of a pool on one timer: a hierarchical timing wheel (Varghese and Lauck, 1987).
 *
 * Level 0 has a slot for each of the next milliseconds, each level above one for 32 slots of the
 * level below. A deadline lies at the lowest level at which its time and the wheel's time have the
 * same higher digits (base 32), and moves down as its time comes near.
 *
 * Invariants: setting and clearing take the same few steps at any number of deadlines; each deadline
 * is called at most once per setting, never early. The timer alone keeps no process alive.
 */
import { clearTimer, setTimer, type Timer } from '../api/timers.js';
import { List, type Listed } from './list.js';

const DIGIT = 32;
/** 32 ** 8 ms are 34 years; a deadline is at most 2 ** 31 ms away. */
const LEVELS = 8;
/** Deadlines of a slot that are looked at to find the earliest. */
const FEW = 8;
const SPAN: readonly number[] = Array.from({ length: LEVELS + 1 }, (_, level) => DIGIT ** level);

/** The length of a beat. */
const BEAT_MS = 100;

/**
 * The next beat of the clock. What looks around now and then while there are jobs does so on beats: all of it together
 * wakes an idle process once.
 */
export function nextBeatMs(nowMs: number): number {
  return (Math.floor(nowMs / BEAT_MS) + 1) * BEAT_MS;
}

/** One deadline. Its owner keeps it, sets it and clears it; the wheel writes the rest. */
export class Deadline implements Listed<Deadline> {
  readonly expired: () => void;
  /** When, in whole milliseconds on the wheel's clock. */
  atMs = 0;
  level = 0;
  slot = 0;
  list: object | undefined = undefined;
  previous: Deadline | undefined = undefined;
  next: Deadline | undefined = undefined;

  constructor(expired: () => void) {
    this.expired = expired;
  }

  /** Whether it is still to be called. */
  get isSet(): boolean {
    return this.list !== undefined;
  }
}

export class Deadlines {
  readonly #now: () => number;
  /** All slots, level after level. */
  readonly #slots: ReadonlyArray<List<Deadline>> = Array.from(
    { length: LEVELS * DIGIT },
    () => new List<Deadline>(),
  );
  /** For each level a bit for each slot that holds a deadline. */
  readonly #occupied = new Int32Array(LEVELS);
  /** The wheel's time: every deadline up to here has been called. */
  #timeMs: number;
  #timer: Timer | undefined;
  #timerAtMs = Infinity;

  /** @param now - The clock, in milliseconds, never going back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#timeMs = Math.floor(now());
  }

  /** Calls the deadline when the clock has reached `atMs`; replaces its earlier setting. */
  set(deadline: Deadline, atMs: number): void {
    this.clear(deadline);
    deadline.atMs = Math.max(Math.ceil(atMs), this.#timeMs + 1);
    this.#insert(deadline);
    if (deadline.atMs < this.#timerAtMs) this.#arm(deadline.atMs);
  }

  /** The deadline will not be called. The timer may still fire once, to find nothing. */
  clear(deadline: Deadline): void {
    deadline.atMs = Infinity;
    if (!deadline.isSet) return;
    const list = this.#slot(deadline.level, deadline.slot);
    list.remove(deadline);
    if (list.length === 0) this.#vacate(deadline.level, deadline.slot);
  }

  /** Stops the timer; what is still set is never called. */
  stop(): void {
    clearTimer(this.#timer);
    // No deadline is earlier than this, so the timer is never set again.
    this.#timerAtMs = -Infinity;
  }

  /** Calls all that is due, and sets the timer for the next. */
  advance(): void {
    const nowMs = Math.floor(this.#now());
    const due: Deadline[] = [];
    for (let at = this.#nextSlotMs(); at <= nowMs; at = this.#nextSlotMs()) {
      this.#timeMs = at;
      this.#empty(due);
    }
    this.#timeMs = Math.max(this.#timeMs, nowMs);
    if (this.#timerAtMs !== -Infinity) this.#arm(this.#nextMs());
    // Called only now, when the wheel is consistent: they set and clear others.
    for (const deadline of due) {
      if (deadline.atMs <= nowMs) deadline.expired();
    }
  }

  /** The start of the first occupied slot. The lowest level always holds the earliest. */
  #nextSlotMs(): number {
    const level = this.#lowestLevel;
    if (level === LEVELS) return Infinity;
    const above = SPAN[level + 1] as number;
    return (
      Math.floor(this.#timeMs / above) * above + this.#firstSlot(level) * (SPAN[level] as number)
    );
  }

  /**
   * When the timer has to fire next: at the earliest deadline, or at the start of its slot if that holds many. Waking
   * the process only to move a single deadline a level down costs an idle pool as much as a job does.
   */
  #nextMs(): number {
    const level = this.#lowestLevel;
    if (level === LEVELS) return Infinity;
    const list = this.#slot(level, this.#firstSlot(level));
    if (list.length > FEW) return this.#nextSlotMs();
    let earliestMs = Infinity;
    for (let each = list.first; each !== undefined; each = each.next) {
      earliestMs = Math.min(earliestMs, each.atMs);
    }
    return earliestMs;
  }

  /** The lowest level that holds anything. */
  get #lowestLevel(): number {
    const level = this.#occupied.findIndex((bits) => bits !== 0);
    return level < 0 ? LEVELS : level;
  }

  #firstSlot(level: number): number {
    const bits = this.#occupied[level] as number;
    return 31 - Math.clz32(bits & -bits);
  }

  /** Empties every slot that starts at the wheel's time: deadlines are due, or move a level down. */
  #empty(due: Deadline[]): void {
    for (let level = LEVELS - 1; level >= 0; level -= 1) {
      const slot = Math.floor(this.#timeMs / (SPAN[level] as number)) % DIGIT;
      if (((this.#occupied[level] as number) & (1 << slot)) === 0) continue;
      const list = this.#slot(level, slot);
      this.#vacate(level, slot);
      for (let entry = list.shift(); entry !== undefined; entry = list.shift()) {
        if (entry.atMs <= this.#timeMs) due.push(entry);
        else this.#insert(entry);
      }
    }
  }

  #insert(deadline: Deadline): void {
    let level = 0;
    while (
      level < LEVELS - 1 &&
      Math.floor(deadline.atMs / (SPAN[level + 1] as number)) !==
        Math.floor(this.#timeMs / (SPAN[level + 1] as number))
    ) {
      level += 1;
    }
    const slot = Math.floor(deadline.atMs / (SPAN[level] as number)) % DIGIT;
    deadline.level = level;
    deadline.slot = slot;
    this.#slot(level, slot).push(deadline);
    this.#occupied[level] = (this.#occupied[level] as number) | (1 << slot);
  }

  #slot(level: number, slot: number): List<Deadline> {
    return this.#slots[level * DIGIT + slot] as List<Deadline>;
  }

  #vacate(level: number, slot: number): void {
    this.#occupied[level] = (this.#occupied[level] as number) & ~(1 << slot);
  }

  #arm(atMs: number): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
    this.#timerAtMs = atMs;
    if (atMs === Infinity) return;
    const delayMs = Math.max(Math.ceil(atMs - this.#now()), 1);
    this.#timer = setTimer(() => this.advance(), delayMs);
  }
}
