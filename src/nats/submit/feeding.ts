/**
 * Lets maps feed a remote pool, as `Turns` does for a local one.
 *
 * Invariants: a map goes on only while no submission waits here; it has at most one item that waits for the server;
 * turns are taken outside of any call.
 */
import type { SubmitOptions } from '../../api/options.js';
import type { Fed } from '../../map/mapping.js';
import type { Feeder } from '../../schedule/turns.js';
import type { RemoteJobRecord } from './remote-job.js';

/** The parts of a pool that feeding needs. */
export interface FedPool {
  /** Whether a job of so many bytes could be published now, past nobody. */
  hasSlack(bytes: number): boolean;
  /** How many jobs were submitted, ever. */
  submitted(): number;
  /** @throws MillraceError where it is refused at once. */
  submit(name: string, input: unknown, options: SubmitOptions | undefined): RemoteJobRecord;
}

/** A guess: how many slots all nodes have. A map has twice as many jobs in flight, unless it is told otherwise. */
const SLOTS = 16;

export class Feeding implements Fed<RemoteJobRecord> {
  readonly bounds: { readonly slots: number; readonly capacity: number; readonly bytes: number };
  readonly turns: Fed<RemoteJobRecord>['turns'];
  readonly #pool: FedPool;
  readonly #wanting = new Set<Feeder>();
  readonly #pulling = new Set<Feeder>();
  #isScheduled = false;
  #closedBy: (() => Error) | undefined;

  constructor(pool: FedPool, capacity: number, bytes: number) {
    this.#pool = pool;
    this.bounds = { slots: SLOTS, capacity, bytes };
    this.turns = {
      want: (feeder) => {
        if (this.#closedBy !== undefined) return feeder.onClosed(this.#closedBy() as never);
        this.#wanting.add(feeder);
        this.onSlack();
      },
      leave: (feeder) => {
        this.#wanting.delete(feeder);
        this.#pulling.delete(feeder);
      },
      startPull: (feeder) => void this.#pulling.add(feeder),
      endPull: (feeder) => void this.#pulling.delete(feeder),
      mayGo: (_, itemBytes) => this.#pool.hasSlack(itemBytes),
    };
  }

  get submitted(): number {
    return this.#pool.submitted();
  }

  feed(
    name: string,
    input: unknown,
    options: SubmitOptions | undefined,
    _bytes: number,
    onEnded: (value: unknown, job: RemoteJobRecord) => void,
  ): RemoteJobRecord {
    const job = this.#pool.submit(name, input, options);
    job.whenEnded.push(() => onEnded(job.value, job));
    return job;
  }

  cancelAll(jobs: ReadonlySet<RemoteJobRecord>, reason: unknown): void {
    for (const job of jobs) job.cancel(reason);
  }

  /** A remote pool doesn't know when the functions of settled jobs end. */
  stillRunning(): { add(): void; none(): Promise<void> } {
    return { add: () => {}, none: () => Promise.resolve() };
  }

  /** There may be slack: whoever wants a turn gets it in a microtask. */
  onSlack(): void {
    if (this.#isScheduled || this.#wanting.size === 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      for (const feeder of this.#wanting) {
        if (!this.#pool.hasSlack(feeder.keptBytes ?? 0)) return;
        this.#wanting.delete(feeder);
        feeder.takeTurn();
      }
    });
  }

  /** Gives no turn from now on. */
  close(reason: () => Error): void {
    this.#closedBy = reason;
    for (const feeder of new Set([...this.#wanting, ...this.#pulling])) {
      this.turns.leave(feeder);
      feeder.onClosed(reason() as never);
    }
  }
}
