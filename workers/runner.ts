/**
 * Runs the jobs that the main thread sends to this thread, and returns their results.
 *
 * Invariants:
 * - A job runs only if its claim was won, and no more jobs run at a time than there are slots.
 * - Jobs start in the order of sending. What a job leaves behind in the microtask and tick queues runs before the next
 *   one starts, as if each job had come in a message of its own.
 * - A result is visible to the main thread when its job ends. Unless the main thread collects it by itself, the bell
 *   follows before this thread sleeps, or while it still has enough to do until more comes.
 * - No error of a job, and no value that can't be cloned, ends the thread.
 */
import * as timers from 'node:timers';
import type { MessagePort, Transferable } from 'node:worker_threads';
import { sharedNowMs as now } from '../src/wire/clock.js';
import { Held } from '../src/wire/values.js';
import { compact, copyToHandOver, isBuffer } from '../src/wire/payload.js';
import { BELL, Form, Kind } from '../src/wire/protocol.js';
import { Rings, type SharedRings } from '../src/wire/rings.js';
import { encodeThrown } from '../src/wire/thrown.js';
import { checkTransferable } from '../src/wire/transferable.js';
import {
  isTransferred,
  type JobContext,
  TRANSFER,
  type TransferredResult,
} from '../src/api/worker.js';
import { LargeInputs } from './inputs.js';
import { type Desk, RunningJob } from './running-job.js';
import type { RunMicrotasks } from './microtasks.js';

/** Taken at the start, as a job module may replace them: fake timers, promises of a library. */
const { setImmediate } = timers;
const NodePromise = Promise;

/** A function of the job module. */
export interface HostedJob {
  readonly name: string;
  readonly execute: (input: unknown, job: JobContext) => unknown;
}

/**
 * Max age of a result in its cell before the bell is rung, as a multiple of the time that the jobs at hand will take:
 * if they are equal, a quarter is left then, during which the main thread can send more.
 */
const PATIENCE = 3;
const LEAST_PATIENCE_MS = 0.2;
const MOST_PATIENCE_MS = 2;
/** If the jobs at hand take less than this in all, a quarter is too short: the bell is rung at the half. */
const SHORT_REST_MS = 0.2;
/** The weight of a new job's time in the running mean. */
const MEAN_WEIGHT = 1 / 16;
/** Time to look for more jobs before sleeping: about what the bell would cost the main thread. */
const LINGER_MS = 0.01;
/** A sleep shorter than this, from the end of the last job to the bell, was not worth it. */
const SHORT_SLEEP_MS = 0.2;
/** After results in messages: after this many unsuccessful looks it looks only once in this many sleeps. */
const MOST_IN_VAIN = 16;
const SLEEPS_BETWEEN_LOOKS = 16;
/** Time for which jobs run back to back before timers and I/O of this thread get their turn. */
const TURN_MS = 2;

/** The parts of its work that the runner leaves to the host. */
export interface RunnerHost {
  /** Called with messages that the runner took from the link while it looked for an input. */
  receive(message: readonly unknown[]): void;
  /** Reports an error that belongs to no job's ending. */
  stray(error: unknown): void;
  /** Runs what a job has left behind; if undefined, each job gets a turn of the event loop. */
  readonly runMicrotasks: RunMicrotasks | undefined;
}

export class Runner {
  jobs: readonly HostedJob[] = [];
  readonly #link: MessagePort;
  readonly #rings: Rings;
  readonly #slots: number;
  readonly #largeInputs: LargeInputs;
  readonly #desk: Desk;
  readonly #runMicrotasks: RunMicrotasks | undefined;
  #running = 0;
  #idle: (() => void) | undefined;
  #isStopped = false;
  #isDraining = false;
  #isWaitingForTurn = false;
  #wasShortSleep = false;
  /** True if the last answer was posted. */
  #wasPosted = false;
  /** Unsuccessful looks since one found a job; skipped looks count, too. */
  #inVain = 0;
  /** Time since which results have been in their cells without the main thread knowing. */
  #unannouncedSinceMs = 0;
  #meanRunMs = 0;
  /** The clock, read once for the end of one job and the start of the next. */
  #nowMs = 0;

  constructor(link: MessagePort, rings: SharedRings, slots: number, host: RunnerHost) {
    this.#link = link;
    this.#rings = new Rings(rings);
    this.#slots = slots;
    this.#runMicrotasks = host.runMicrotasks;
    this.#largeInputs = new LargeInputs(link, (message) => host.receive(message));
    this.#desk = {
      words: this.#rings.jobWords,
      reachable: new Map(),
      post: (message) => link.postMessage(message),
      stray: (error) => host.stray(error),
    };
    link.on('messageerror', (error) => {
      this.#largeInputs.failed(error);
      // Not here, where an `EventTarget` would catch what the leftovers of a job throw.
      this.#goOnLater();
    });
  }

  /** Handles a bell. */
  wake(): void {
    if (this.#isDraining) return;
    const nowMs = now();
    this.#wasShortSleep = nowMs - this.#nowMs < SHORT_SLEEP_MS;
    this.#drain(nowMs);
  }

  /** Starts no more jobs: the thread ends. Code that called `process.exit` may go on for a while. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Publishes that the thread's event loop has ended. */
  end(): void {
    this.stop();
    this.#rings.end();
  }

  /** Calls back when no job function is running, at once if none is. */
  whenIdle(idle: () => void): void {
    if (this.#running === 0) idle();
    else this.#idle = idle;
  }

  /** Handles the message that a cell's job was told to stop: its signal aborts. */
  told(cell: number): void {
    this.#desk.reachable.get(cell)?.look();
  }

  /** Handles the message that the progress of a cell's job has arrived, and that another value is kept. */
  more(cell: number): void {
    this.#desk.reachable.get(cell)?.postKept();
  }

  /** Takes an input that is too large for its cell. */
  receive(cell: number, form: number, value: unknown): void {
    this.#largeInputs.receive(cell, form, value);
    this.#drain();
  }

  /** Starts all jobs that can start, then sleeps. */
  #drain(wokenMs?: number): void {
    if (this.#isDraining || this.#isStopped) return;
    this.#isDraining = true;
    this.#nowMs = wokenMs ?? now();
    const turnEndMs = this.#nowMs + TURN_MS;
    let isFirst = true;
    do {
      while (this.#running < this.#slots && this.#rings.left > 0) {
        if (!isFirst && !this.#mayGoOn(turnEndMs)) return;
        isFirst = false;
        this.#run(this.#rings.next());
      }
      this.#announce();
    } while (this.#running < this.#slots && (this.#linger() || !this.#rings.sleep()));
    this.#isDraining = false;
  }

  /**
   * Runs, between two jobs, what the first has left behind; the leftovers of the last job run after `#drain`.
   *
   * @returns True if the next job may start at once.
   */
  #mayGoOn(turnEndMs: number): boolean {
    const runMicrotasks = this.#runMicrotasks;
    if (this.#nowMs >= turnEndMs || runMicrotasks === undefined) {
      this.#goOnLater();
      return false;
    }
    // An error thrown here must go through Node's own handling: caught here, it would leave Node's stack of async
    // contexts as it was at the throw, and the thread would abort the process.
    runMicrotasks();
    return !this.#isStopped;
  }

  /**
   * Looks for more jobs for a while before sleeping, if the last sleep was short. Returns true if there are any. If
   * jobs are rare, or the main thread must read a message before it can send the next one, looking would only keep the
   * main thread from this CPU.
   */
  #linger(): boolean {
    if (!this.#wasShortSleep) return false;
    if (this.#wasPosted && this.#inVain >= MOST_IN_VAIN) {
      this.#inVain += 1;
      if (this.#inVain % SLEEPS_BETWEEN_LOOKS !== 0) return false;
    }
    const untilMs = now() + LINGER_MS;
    do {
      if (this.#rings.left > 0) {
        this.#inVain = 0;
        return true;
      }
      this.#nowMs = now();
    } while (this.#nowMs < untilMs);
    this.#inVain += 1;
    return false;
  }

  /** Goes on in the next turn of the event loop, not in a microtask, where the jobs' microtasks could not run. */
  #goOnLater(): void {
    if (this.#isWaitingForTurn) return;
    this.#isWaitingForTurn = true;
    setImmediate(() => {
      this.#isWaitingForTurn = false;
      this.#isDraining = false;
      this.#drain();
    });
  }

  #run(cell: number): void {
    const rings = this.#rings;
    const form = rings.forms[cell] as number;
    const large = form === Held.none ? this.#largeInputs.take(cell) : undefined;
    // The job was taken back: its cell returns without a result.
    if (!rings.start(cell, this.#nowMs)) {
      rings.inputs.skip(cell, form);
      rings.forms[cell] = Held.none;
      return this.#complete(cell);
    }
    this.#running += 1;
    if (large !== undefined && 'error' in large) {
      return this.#answer(cell, Form.unreadable, encodeThrown(large.error));
    }
    const { name, execute } = this.jobs[rings.functions[cell] as number] as HostedJob;
    const job = new RunningJob(this.#desk, cell, rings.ids[cell] as number, name);
    try {
      const input = large === undefined ? rings.inputs.read(cell, form) : large.value;
      // `Reflect.apply` keeps V8 from inlining the job: a loop in it, compiled as a part of this function
      // with its `try` and an input of any type, took 2.4 times as long (docs/design.md).
      const result: unknown = Reflect.apply(execute, undefined, [input, job]);
      if (isThenable(result)) void this.#await(cell, job, result);
      else this.#fulfil(cell, job, result);
    } catch (error) {
      this.#reject(cell, job, error);
    }
  }

  async #await(cell: number, job: RunningJob, result: PromiseLike<unknown>): Promise<void> {
    this.#rings.markAsync(cell);
    this.#nowMs = now();
    let value: unknown;
    try {
      // `then` may pass another promise, which `await` follows to the end. For a promise `await` does not call `then`,
      // which the job module may have replaced for all promises; a `then` that is the promise's own property is called.
      value = await (Object.hasOwn(result, 'then')
        ? new NodePromise((resolve) => resolve(result))
        : result);
    } catch (reason) {
      this.#reject(cell, job, reason);
      return this.#goOnLater();
    }
    this.#fulfil(cell, job, value);
    this.#announce();
    this.#goOnLater();
  }

  #reject(cell: number, job: RunningJob, reason: unknown): void {
    job.end();
    this.#answer(cell, Form.thrown, encodeThrown(reason));
  }

  #fulfil(cell: number, job: RunningJob, result: unknown): void {
    const hasPosted = job.end();
    try {
      if (isTransferred(result)) return this.#move(cell, result);
      const { results } = this.#rings;
      // A job that has posted progress posts its result, too: messages arrive in order.
      const form = hasPosted ? Held.none : results.write(cell, result);
      if (form === Held.none) return this.#handOver(cell, results.toPost(result));
      this.#ended(cell, form);
    } catch (error) {
      // A getter or a proxy's trap threw.
      return this.#answer(cell, Form.notCloneable, encodeThrown(error));
    }
    this.#complete(cell);
  }

  /** Answers with a result that transfers memory. */
  #move(cell: number, { value, [TRANSFER]: transfer }: TransferredResult): void {
    checkTransferable(transfer);
    this.#answer(cell, formOf(value), value, transfer);
  }

  /** Answers with a result that its cell does not hold. */
  #handOver(cell: number, result: unknown): void {
    const copy = copyToHandOver(result);
    const value = copy?.value ?? compact(result);
    this.#answer(cell, formOf(value), value, copy?.transfer);
  }

  /** Ends a job whose answer is posted, which wakes the main thread, too. */
  #answer(cell: number, form: number, value: unknown, transfer?: readonly Transferable[]): void {
    this.#running -= 1;
    this.#nowMs = now();
    this.#rings.forms[cell] = Held.none;
    this.#rings.answer(cell, this.#nowMs);
    // Rung before posting, as the main thread answers this bell, too.
    this.#rings.ring();
    try {
      this.#link.postMessage([Kind.done, cell, form, value], transfer);
    } catch (error) {
      this.#link.postMessage([Kind.done, cell, Form.notCloneable, encodeThrown(error)]);
    }
    this.#rings.answered(cell);
    this.#wasPosted = true;
    if (this.#idle !== undefined) this.#maybeIdle();
  }

  #ended(cell: number, form: number): void {
    this.#running -= 1;
    this.#nowMs = now();
    this.#meanRunMs += (this.#nowMs - this.#rings.startedMs(cell) - this.#meanRunMs) * MEAN_WEIGHT;
    this.#rings.forms[cell] = form;
    this.#rings.finish(cell, this.#nowMs);
    if (this.#idle !== undefined) this.#maybeIdle();
  }

  #maybeIdle(): void {
    if (this.#running > 0) return;
    // Called in the next turn, as this one still answers for the job that has just ended.
    setImmediate(this.#idle as () => void);
    this.#idle = undefined;
  }

  /** Returns a cell, and rings the bell if it is time. */
  #complete(cell: number): void {
    this.#rings.complete(cell);
    const { unannounced, left } = this.#rings;
    if (unannounced === 1) this.#unannouncedSinceMs = this.#nowMs;
    // Little is left: more must be on its way when that is done.
    if (left <= 1) return this.#announce();
    const restMs = left * this.#meanRunMs;
    if (restMs < SHORT_REST_MS && unannounced >= left) return this.#announce();
    const patienceMs = Math.min(Math.max(PATIENCE * restMs, LEAST_PATIENCE_MS), MOST_PATIENCE_MS);
    if (this.#nowMs >= this.#unannouncedSinceMs + patienceMs) this.#announce();
  }

  #announce(): void {
    if (this.#rings.unannounced === 0) return;
    this.#wasPosted = false;
    if (this.#rings.ring()) this.#link.postMessage(BELL);
  }
}

function formOf(value: unknown): number {
  return isBuffer(value) ? Form.buffer : Form.plain;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  );
}
