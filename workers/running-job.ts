/**
 * Makes the second argument of a job function: the identity of the job, its signal and its progress.
 *
 * Invariants: a job that touches neither signal nor progress costs one small object; once its function has ended,
 * nothing that is sent for its cell reaches it; a value that can't be cloned harms nothing else.
 */
import type { JobContext } from '../src/api/worker.js';
import type { JobWords } from '../src/wire/job-words.js';
import { compact, isBuffer } from '../src/wire/payload.js';
import { Form, Kind } from '../src/wire/protocol.js';
import { LiveSignal } from './live-signal.js';

/** The parts that the jobs of a thread share. */
export interface Desk {
  readonly words: JobWords;
  /** The running jobs that have a signal or report progress, by cell. */
  readonly reachable: Map<number, RunningJob>;
  /** @throws What structured clone throws. */
  post(message: readonly unknown[]): void;
  /** Reports an error that belongs to no job's ending. */
  stray(error: unknown): void;
}

/** Stands for the cell of a job whose function has ended. */
const OVER = -1;

/** The parts of its context that a job has used. Most jobs use none, and have no such record. */
interface Used {
  signal: LiveSignal | undefined;
  progress: ((value: unknown) => void) | undefined;
  /** True if it has posted a progress value. */
  hasPosted: boolean;
  /** The newest value that is not posted yet; a value may be anything, even undefined. */
  kept: { readonly value: unknown } | undefined;
}

export class RunningJob implements JobContext {
  readonly id: number;
  readonly name: string;
  readonly attempt: number;
  readonly #desk: Desk;
  #cell: number;
  #used: Used | undefined = undefined;

  constructor(desk: Desk, cell: number, id: number, name: string) {
    this.id = id;
    this.name = name;
    this.attempt = desk.words.attempt(cell);
    this.#desk = desk;
    this.#cell = cell;
  }

  get signal(): AbortSignal {
    const used = this.#use();
    used.signal ??= new LiveSignal(() => this.#told());
    return used.signal.signal;
  }

  /** A standalone function, so that a job may take it out of its context. */
  get progress(): (value: unknown) => void {
    const used = this.#use();
    return (used.progress ??= (value) => this.#report(used, value));
  }

  /**
   * Handles the message that the cell's job was told to stop. If this job was not, the message came for an earlier one.
   */
  look(): void {
    this.#used?.signal?.look();
  }

  /** Posts the kept value, now that the one before has arrived. */
  postKept(): void {
    const used = this.#used;
    if (used?.kept === undefined || !this.#desk.words.mayPost(this.#cell)) return;
    const { value } = used.kept;
    used.kept = undefined;
    this.#post(used, value);
  }

  /**
   * Posts the kept value, as the job's function has ended.
   *
   * @returns True if the job has posted any value. Its result must then come behind it, on the same port.
   */
  end(): boolean {
    const hasPosted = this.#used !== undefined && this.#leave(this.#used);
    this.#cell = OVER;
    return hasPosted;
  }

  #leave(used: Used): boolean {
    this.#desk.reachable.delete(this.#cell);
    if (used.kept !== undefined) this.#post(used, used.kept.value);
    used.kept = undefined;
    return used.hasPosted;
  }

  /** Makes the job reachable by its cell, from the first use until it ends. */
  #use(): Used {
    if (this.#used === undefined) {
      this.#used = { signal: undefined, progress: undefined, hasPosted: false, kept: undefined };
      if (this.#cell !== OVER) this.#desk.reachable.set(this.#cell, this);
    }
    return this.#used;
  }

  #told(): number {
    return this.#cell === OVER ? 0 : this.#desk.words.told(this.#cell);
  }

  #report(used: Used, value: unknown): void {
    const { words } = this.#desk;
    if (this.#cell === OVER || !words.isHeard(this.#cell)) return;
    while (!words.mayPost(this.#cell)) {
      used.kept = { value };
      if (words.keep(this.#cell)) return;
    }
    used.kept = undefined;
    this.#post(used, value);
  }

  #post(used: Used, value: unknown): void {
    const form = isBuffer(value) ? Form.buffer : Form.plain;
    try {
      this.#desk.post([Kind.progress, this.#cell, form, compact(value)]);
      used.hasPosted = true;
    } catch (error) {
      // Nothing is on its way now, so the main thread won't answer.
      this.#desk.words.received(this.#cell);
      this.#desk.stray(error);
    }
  }
}
