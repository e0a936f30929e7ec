/**
 * A thread whose every step the test decides. It speaks the real protocol over the real rings; only
 * the thread itself is missing.
 */
import { vi } from 'vitest';
import { Held } from '../../../src/wire/values.js';
import type { Link, Receiver, RetirementReason } from '../../../src/dispatch/lane.js';
import { BELL, Form, Kind } from '../../../src/wire/protocol.js';
import { Rings } from '../../../src/wire/rings.js';
import { encodeThrown } from '../../../src/wire/thrown.js';

/** A job as it arrived at the thread. */
export interface Arrival {
  readonly cell: number;
  readonly input: unknown;
  readonly startedMs: number;
}

export class ScriptedLink implements Link {
  readonly rings: Rings;
  names: readonly string[] = ['job'];
  clockOffsetMs = 0;
  bootMs = 0;
  /** The messages to the thread, bells included, in their order. */
  readonly posted: unknown[] = [];
  /** Jobs that were started and have not ended. */
  readonly running: Arrival[] = [];
  /** How the thread was taken out of service and ended, step by step: `['retire timeout', 'drain']`. */
  readonly steps: string[] = [];
  /** The cells whose jobs were told to stop, in that order, with the word that each of them sees. */
  readonly told: Array<readonly [cell: number, reason: number]> = [];
  /** The cells whose kept progress was asked for. */
  readonly asked: number[] = [];
  /** Messages that the thread has to answer by a pong, and has not. */
  unanswered = 0;
  /** Whether the thread is awake, or a bell or an input is on its way to it. */
  isWoken = false;
  /** The thread's own view of the memory. */
  readonly host: Rings;
  readonly #inputs = new Map<number, unknown>();
  readonly #now: (() => number) | undefined;
  #receiver: Receiver | undefined;

  /**
   * @param now - The thread's clock. Default: `performance`; while that is the machine's, jobs take no time, or a busy
   *   machine would make short jobs long ones.
   */
  constructor(cells: number, now?: () => number) {
    this.rings = Rings.allocate(cells);
    this.host = new Rings(this.rings);
    this.#now = now;
    const takeBack = this.rings.takeBack.bind(this.rings);
    this.rings.takeBack = (cell) => {
      const isBack = takeBack(cell);
      if (isBack) this.#inputs.delete(cell);
      return isBack;
    };
  }

  deliverTo(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  post(message: unknown, transfer: readonly unknown[] = []): void {
    this.isWoken = true;
    this.posted.push(message);
    if (message === BELL) return;
    const [kind, cell, , value] = message as [number, number, number, unknown];
    if (kind === Kind.ping || kind === Kind.told) this.unanswered += 1;
    if (kind === Kind.told) this.told.push([cell, this.host.jobWords.told(cell)]);
    else if (kind === Kind.more) this.asked.push(cell);
    // Throws what can't be cloned, and takes what is transferred, as the real link does.
    else if (kind === Kind.input) {
      this.#inputs.set(cell, structuredClone(value, { transfer: transfer as never }));
    }
  }

  retire(reason: RetirementReason): void {
    this.steps.push(`retire ${reason}`);
  }

  drain(isOverAbandoned: boolean): void {
    this.steps.push(isOverAbandoned ? 'drain over abandoned' : 'drain');
  }

  terminate(): void {
    this.steps.push('terminate');
  }

  /** How many jobs, taken back or not, the thread has not looked at. */
  get left(): number {
    return this.host.left;
  }

  /** The inputs that were posted, of the jobs that the thread has not looked at and that were not taken back. */
  arrived(): unknown[] {
    return [...this.#inputs.values()];
  }

  /** Looks at the next job: starts it if its claim can be won, else gives the cell back. */
  start(): Arrival | undefined {
    const cell = this.host.next();
    if (cell < 0) return undefined;
    const form = this.host.forms[cell] as number;
    const input = form === Held.none ? this.#inputs.get(cell) : this.host.inputs.read(cell, form);
    this.#inputs.delete(cell);
    const startedMs = this.#now?.() ?? performance.now();
    if (!this.host.start(cell, startedMs)) {
      this.host.forms[cell] = Held.none;
      this.host.complete(cell);
      return undefined;
    }
    const arrival = { cell, input, startedMs };
    this.running.push(arrival);
    return arrival;
  }

  /** Ends a running job as the thread would: the result lies in its cell, or is posted and arrives at once. */
  end(index: number, outcome: { readonly value: unknown } | { readonly error: unknown }): void {
    this.endLater(index, outcome)();
  }

  /** The same, but what is posted is still under way. Returns what lets it arrive. */
  endLater(
    index: number,
    outcome: { readonly value: unknown } | { readonly error: unknown },
  ): () => void {
    const [{ cell, startedMs }] = this.running.splice(index, 1) as [Arrival];
    const form = 'value' in outcome ? this.host.results.write(cell, outcome.value) : Held.none;
    this.host.forms[cell] = form;
    this.host.finish(cell, this.#endMs(startedMs));
    if (form !== Held.none) {
      this.host.complete(cell);
      return () => {};
    }
    this.host.ring();
    const [kind, value] =
      'value' in outcome ? [Form.plain, outcome.value] : [Form.thrown, encodeThrown(outcome.error)];
    return () => this.say([Kind.done, cell, kind, value]);
  }

  #endMs(startedMs: number): number {
    return this.#now?.() ?? (vi.isFakeTimers() ? performance.now() : startedMs);
  }

  /** Answers everything that asks for a sign of life. */
  pong(): void {
    while (this.unanswered > 0) {
      this.unanswered -= 1;
      this.#receiver?.receive([Kind.pong]);
    }
  }

  /** Ends a running job, and the thread ends before it can say so. */
  endUnannounced(index: number, value: unknown): void {
    const [{ cell, startedMs }] = this.running.splice(index, 1) as [Arrival];
    this.host.forms[cell] = this.host.results.write(cell, value);
    this.host.finish(cell, this.#endMs(startedMs));
  }

  /** Says something about the thread's jobs. */
  say(message: unknown): void {
    this.#receiver?.receive(message);
  }

  /** Posts what the main thread cannot deserialize. */
  sayUnreadably(error: unknown): void {
    this.#receiver?.unreadable(error);
  }

  /** Rings the bell, if there is something to announce and it has not been rung. */
  announce(): void {
    if (this.host.unannounced > 0 && this.host.ring()) this.#receiver?.receive(BELL);
  }

  /** Goes to sleep, unless jobs have come meanwhile. */
  sleep(): void {
    this.isWoken = !this.host.sleep();
  }
}
