/**
 * Makes the second argument of a job function: who the job is, whether it is to stop, and how it reports its progress.
 *
 * Invariants: a job that touches neither signal nor progress costs one small object; from the end of its function on
 * nothing that is said about its cell reaches it; a value that can't be cloned harms nothing but itself.
 */
import type { JobContext } from '../src/api/worker.js';
import type { JobWords } from '../src/wire/job-words.js';
import { compact, isBuffer } from '../src/wire/payload.js';
import { Form, Kind } from '../src/wire/protocol.js';
import { LiveSignal } from './live-signal.js';

/** What the jobs of a thread share. */
export interface Desk {
  readonly words: JobWords;
  /** The running jobs that have a signal or report progress, by their cells. */
  readonly reachable: Map<number, RunningJob>;
  /** @throws What structured clone throws. */
  post(message: readonly unknown[]): void;
  /** Reports an error that belongs to no job's ending. */
  stray(error: unknown): void;
}

/** Stands for the cell of a job whose function has ended. */
const OVER = -1;

export class RunningJob implements JobContext {
  readonly id: number;
  readonly name: string;
  readonly #desk: Desk;
  #cell: number;
  #signal: LiveSignal | undefined;
  #progress: ((value: unknown) => void) | undefined;
  #hasPosted = false;
  /** The newest value that is not posted; a value may be anything, even undefined. */
  #kept: { readonly value: unknown } | undefined;

  constructor(desk: Desk, cell: number, id: number, name: string) {
    this.id = id;
    this.name = name;
    this.#desk = desk;
    this.#cell = cell;
  }

  get attempt(): number {
    return 1;
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      this.#signal = new LiveSignal(() => this.#told());
      this.#reachable();
    }
    return this.#signal.signal;
  }

  /** A function of its own, so that a job may take it out of its context. */
  get progress(): (value: unknown) => void {
    if (this.#progress === undefined) {
      this.#progress = (value) => this.#report(value);
      this.#reachable();
    }
    return this.#progress;
  }

  /** Handles the message that the cell's job was told to stop; if this one was not, it came for an earlier job. */
  look(): void {
    this.#signal?.look();
  }

  /** Posts the value that is kept, now that the one before has arrived. */
  postKept(): void {
    const kept = this.#kept;
    if (kept === undefined || !this.#desk.words.mayPost(this.#cell)) return;
    this.#kept = undefined;
    this.#post(kept.value);
  }

  /**
   * The job's function has ended: posts the value that is kept.
   *
   * @returns Whether the job has posted any. Then its result must come behind them, on the same port.
   */
  end(): boolean {
    if (this.#signal !== undefined || this.#progress !== undefined) {
      this.#desk.reachable.delete(this.#cell);
      if (this.#kept !== undefined) this.#post(this.#kept.value);
      this.#kept = undefined;
    }
    this.#cell = OVER;
    return this.#hasPosted;
  }

  #reachable(): void {
    if (this.#cell !== OVER) this.#desk.reachable.set(this.#cell, this);
  }

  #told(): number {
    return this.#cell === OVER ? 0 : this.#desk.words.told(this.#cell);
  }

  #report(value: unknown): void {
    const { words } = this.#desk;
    if (this.#cell === OVER || !words.isHeard(this.#cell)) return;
    while (!words.mayPost(this.#cell)) {
      this.#kept = { value };
      if (words.keep(this.#cell)) return;
    }
    this.#kept = undefined;
    this.#post(value);
  }

  #post(value: unknown): void {
    const form = isBuffer(value) ? Form.buffer : Form.plain;
    try {
      this.#desk.post([Kind.progress, this.#cell, form, compact(value)]);
      this.#hasPosted = true;
    } catch (error) {
      // Nothing is under way now: the main thread is not going to answer.
      this.#desk.words.received(this.#cell);
      this.#desk.stray(error);
    }
  }
}
