/**
 * Looks for the results of accepted jobs that were not heard of for long: the message that announced a result may be
 * lost.
 *
 * Invariant: a job is reported as lost only if neither it nor its result was found twice, one sweep after the other, as
 * its result may be stored between the two questions of the first one.
 */
import type { JetStreamManager } from '@nats-io/jetstream';
import { RemoteSetupError } from '../errors.js';
import { isUnanswered } from '../server/faults.js';
import type { Names } from '../server/names.js';
import { checkProvisioned } from '../server/provisioned.js';
import { storedMessage } from '../server/stored.js';
import type { RemoteJobRecord } from './remote-job.js';

/** The parts of a pool that a sweep needs. */
export interface SweptPool {
  /** The unsettled jobs. */
  readonly jobs: Iterable<RemoteJobRecord>;
  /** True if the server can't be asked any more. */
  isClosed(): boolean;
  /** Handles the result of a job, if it is stored. Fulfils with whether it is. */
  read(id: string): Promise<boolean>;
  lost(job: RemoteJobRecord): void;
  /** The streams are gone, and all jobs with them. */
  gone(error: RemoteSetupError): void;
}

/** Time between two sweeps, and the time after which a job is looked for. */
const SWEEP_MS = 10_000;
/** Max jobs per sweep. */
const MAX_JOBS = 100;

export class Sweep {
  readonly #manager: JetStreamManager;
  readonly #names: Names;
  readonly #pool: SweptPool;
  readonly #timer: NodeJS.Timeout;
  #isRunning = false;

  /** Starts at once; holds no process. */
  constructor(manager: JetStreamManager, names: Names, pool: SweptPool) {
    this.#manager = manager;
    this.#names = names;
    this.#pool = pool;
    this.#timer = setInterval(() => void this.#run(), SWEEP_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #run(): Promise<void> {
    if (this.#pool.isClosed() || this.#isRunning) return;
    this.#isRunning = true;
    const beforeMs = performance.now() - SWEEP_MS;
    const old = [...this.#pool.jobs]
      .filter(({ isAccepted, lookedUpMs }) => isAccepted && lookedUpMs < beforeMs)
      .toSorted((a, b) => a.lookedUpMs - b.lookedUpMs);
    try {
      for (const job of old.slice(0, MAX_JOBS)) await this.#lookUp(job);
    } catch (error) {
      // Either the server can't be asked now, and the next sweep asks again; or there is nothing left to ask for.
      if (error instanceof RemoteSetupError) this.#pool.gone(error);
    } finally {
      this.#isRunning = false;
    }
  }

  async #lookUp(job: RemoteJobRecord): Promise<void> {
    job.lookedUpMs = performance.now();
    const { sequence: seq } = job;
    try {
      if (seq > 0 && (await storedMessage(this.#manager, this.#names.jobs, { seq })) !== null)
        return;
      if (job.ending !== undefined || (await this.#pool.read(job.id))) return;
    } catch (error) {
      if (isUnanswered(error)) await checkProvisioned(this.#manager, this.#names);
      throw error;
    }
    if (job.isMissing) this.#pool.lost(job);
    job.isMissing = true;
  }
}
