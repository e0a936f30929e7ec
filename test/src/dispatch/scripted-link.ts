/**
 * Simulates a thread whose every step the test decides. It speaks the real protocol over the real rings; only the
 * thread itself is missing.
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
  /** Messages to the thread in order, bells included. */
  readonly posted: unknown[] = [];
  /** Jobs that have started and not ended. */
  readonly running: Arrival[] = [];
  /** Steps by which the thread was taken out of service and ended: `['retire timeout', 'drain']`. */
  readonly steps: string[] = [];
  /** Cells whose jobs were told to stop, in order, with the reason that each job sees. */
  readonly told: Array<readonly [cell: number, reason: number]> = [];
  /** Cells whose kept progress was asked for. */
  readonly asked: number[] = [];
  /** Number of messages that the thread must answer with a pong and has not. */
  unanswered = 0;
  /** True if the thread is awake, or a bell or an input is on its way to it. */
  isWoken = false;
  /** The thread's own view of the memory. */
  readonly host: Rings;
  readonly #inputs = new Map<number, unknown>();
  readonly #now: (() => number) | undefined;
  #receiver: Receiver | undefined;

  /**
   * @param now - The thread's clock. Default: `performance`; unless that is fake, jobs take no time, as a busy machine
   *   would make short jobs long.
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
    // Like the real link, throws if the value can't be cloned, and detaches what is transferred.
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

  /** Number of jobs, taken back or not, that the thread has not consumed. */
  get left(): number {
    return this.host.left;
  }

  /** Posted inputs of the jobs that the thread has not consumed and that were not taken back. */
  arrived(): unknown[] {
    return [...this.#inputs.values()];
  }

  /** Consumes the next job: starts it if its claim succeeds, otherwise returns the cell. */
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

  /** Ends a running job as the thread would: its result is in its cell, or is posted and arrives at once. */
  end(index: number, outcome: { readonly value: unknown } | { readonly error: unknown }): void {
    this.endLater(index, outcome)();
  }

  /** Ends a running job whose result, if posted, is still on its way; returns a function that delivers it. */
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

  /** Answers all messages that ask for a sign of life. */
  pong(): void {
    while (this.unanswered > 0) {
      this.unanswered -= 1;
      this.#receiver?.receive([Kind.pong]);
    }
  }

  /** Ends a running job of a thread that ends before it can announce it. */
  endUnannounced(index: number, value: unknown): void {
    const [{ cell, startedMs }] = this.running.splice(index, 1) as [Arrival];
    this.host.forms[cell] = this.host.results.write(cell, value);
    this.host.finish(cell, this.#endMs(startedMs));
  }

  /** Sends a message of the thread. */
  say(message: unknown): void {
    this.#receiver?.receive(message);
  }

  /** Sends a message that the main thread can't deserialize. */
  sayUnreadably(error: unknown): void {
    this.#receiver?.unreadable(error);
  }

  /** Rings the bell, if there is something to announce and it has not rung. */
  announce(): void {
    if (this.host.unannounced > 0 && this.host.ring()) this.#receiver?.receive(BELL);
  }

  /** Goes to sleep, unless jobs have arrived meanwhile. */
  sleep(): void {
    this.isWoken = !this.host.sleep();
  }
}
