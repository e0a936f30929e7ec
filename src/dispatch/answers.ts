/**
 * Takes the answers of the threads: results that lie in cells, and those that come in messages.
 *
 * Invariants: a cell that comes back is free again, whatever became of its job; a job is settled by
 * the answer only if it is still out on that thread.
 */
import { NotCloneableError, withoutStack } from '../api/errors.js';
import { Inline } from '../wire/inline.js';
import type { Ending, JobRecord } from '../job/job.js';
import type { Lane } from './lane.js';
import { asBuffer } from '../wire/payload.js';
import { BELL, Form, Kind } from '../wire/protocol.js';
import type { Stats } from '../job/stats.js';
import { decodeThrown, type EncodedError } from '../wire/thrown.js';

/** Settles a job that was out on a thread. */
export type Settle = (job: JobRecord, ending: Ending, value: unknown) => void;

export class Answers {
  readonly #stats: Stats;
  readonly #settle: Settle;

  constructor(stats: Stats, settle: Settle) {
    this.#stats = stats;
    this.#settle = settle;
  }

  /** A message of a thread, which is a bell besides. */
  receive(lane: Lane, message: unknown): void {
    if (message !== BELL) this.#read(lane, message);
    this.collect(lane);
  }

  #read(lane: Lane, message: unknown): void {
    const [kind, cell, form, value] = message as [number, number, number, unknown];
    if (kind === Kind.pong) lane.isAnswering = true;
    else this.#ended(lane, cell, form, value);
  }

  /** Takes what has come back from a thread. */
  collect(lane: Lane): void {
    const { rings } = lane;
    rings.answerBell();
    for (let cell = rings.collect(); cell >= 0; cell = rings.collect()) this.#cameBack(lane, cell);
  }

  /** Of a thread that is gone: what has finished, and it had no time to say so. */
  collectUnannounced(lane: Lane): void {
    for (const { cell } of lane.unsettled()) {
      if (lane.isFinished(cell) && lane.rings.forms[cell] !== Inline.none) {
        this.#cameBack(lane, cell);
      }
    }
  }

  /** A result that was posted can't be read on this side: of the jobs that have ended, the first. */
  unreadable(lane: Lane, error: unknown): void {
    const ended = lane.jobs.flatMap((job, cell) =>
      job !== undefined && lane.rings.hasEnded(cell) && lane.rings.forms[cell] === Inline.none
        ? [cell]
        : [],
    );
    const [first] = ended.toSorted((a, b) => lane.rings.finishedMs(a) - lane.rings.finishedMs(b));
    if (first !== undefined) this.#ended(lane, first, Form.unreadableResult, error);
    this.collect(lane);
  }

  /** A cell has come back, with the result in it; or its job was taken back, or abandoned. */
  #cameBack(lane: Lane, cell: number): void {
    const job = lane.jobs[cell];
    if (job === undefined) {
      lane.release(cell);
      return;
    }
    const form = lane.rings.forms[cell] as number;
    const value = lane.carries(job, cell) ? lane.rings.values.read(cell, form) : undefined;
    this.#ended(lane, cell, Form.plain, value);
  }

  /** A job's function has ended; what became of it is known. */
  #ended(lane: Lane, cell: number, form: number, value: unknown): void {
    const { rings, link } = lane;
    const startedMs = rings.startedMs(cell);
    const finishedMs = rings.finishedMs(cell);
    const job = lane.release(cell);
    if (job === undefined) return;
    lane.isHeldUp = false;
    const runMs = finishedMs - startedMs;
    const endedMs = finishedMs + link.clockOffsetMs;
    if (!lane.carries(job, cell)) {
      // Settled before it ended: all that was left of it was its slot.
      this.#stats.recordAbandoned(runMs, endedMs);
      return;
    }
    job.carrier = undefined;
    this.#stats.recordRun(endedMs - runMs - job.acceptedMs, runMs, endedMs);
    job.function.record(runMs);
    if (rings.isAsync(cell)) job.function.isAsync = true;
    if (form === Form.plain) this.#settle(job, 'fulfilled', value);
    else this.#settleAs(form, job, value);
  }

  #settleAs(form: number, job: JobRecord, value: unknown): void {
    switch (form) {
      case Form.buffer:
        return this.#settle(job, 'fulfilled', asBuffer(value));
      case Form.thrown:
        return this.#settle(job, 'rejected', decodeThrown(value as EncodedError));
      case Form.unreadableResult:
        return this.#notCloneable(job, 'result', value);
      default:
        return this.#notCloneable(
          job,
          form === Form.unreadable ? 'input' : 'result',
          decodeThrown(value as EncodedError),
        );
    }
  }

  #notCloneable(job: JobRecord, what: 'input' | 'result', cause: unknown): void {
    const error = withoutStack(() => new NotCloneableError(job.name, what, cause));
    this.#settle(job, 'rejected', error);
  }
}
