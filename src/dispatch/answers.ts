/**
 * Takes the answers of the threads, from cells and from messages, and settles the jobs.
 *
 * Invariants: a cell that comes back is free again, whatever became of its job; an answer settles a job only
 * if the job is still out on that thread.
 */
import { NotCloneableError, withoutStack } from '../api/errors.js';
import type { JobRecord, Settler } from '../job/job.js';
import type { Stats } from '../job/stats.js';
import { Held } from '../wire/values.js';
import { asBuffer } from '../wire/payload.js';
import { BELL, Form, Kind } from '../wire/protocol.js';
import { decodeThrown, type EncodedError } from '../wire/thrown.js';
import type { Lane } from './lane.js';
import type { Survivors } from './survivors.js';

export class Answers {
  readonly #stats: Stats;
  readonly #settler: Settler;
  readonly #survivors: Survivors;

  constructor(settler: Settler, stats: Stats, survivors: Survivors) {
    this.#settler = settler;
    this.#stats = stats;
    this.#survivors = survivors;
  }

  /** Handles a message from a thread. Every message also counts as a wake-up. */
  receive(lane: Lane, message: unknown): void {
    if (message !== BELL) this.#read(lane, message);
    this.collect(lane);
  }

  #read(lane: Lane, message: unknown): void {
    const [kind, cell, form, value] = message as [number, number, number, unknown];
    if (kind === Kind.done) this.#ended(lane, cell, form, value);
    else if (kind === Kind.progress) this.#progressed(lane, cell, form, value);
    else if (kind === Kind.pong) lane.ponged();
  }

  /** Hands a progress value to whoever listens, and asks for the next one if one is kept. */
  #progressed(lane: Lane, cell: number, form: number, value: unknown): void {
    if (lane.rings.jobWords.received(cell)) lane.link.post([Kind.more, cell]);
    const job = lane.jobs[cell];
    if (job === undefined || !lane.carries(job, cell)) return;
    job.progressed(form === Form.buffer ? asBuffer(value) : value);
  }

  /** Takes what has come back from a thread, without waiting for its bell. */
  collect(lane: Lane): void {
    const { rings } = lane;
    rings.answerBell();
    for (let cell = rings.collect(); cell >= 0; cell = rings.collect()) this.#cameBack(lane, cell);
  }

  /** Collects results that a dead thread finished but never announced. */
  collectUnannounced(lane: Lane): void {
    for (const { cell } of lane.unsettled()) {
      if (lane.isFinished(cell) && lane.rings.forms[cell] !== Held.none) {
        this.#cameBack(lane, cell);
      }
    }
  }

  /**
   * Handles a posted result that cannot be deserialized on this side. Which job it belonged to is unknown, so the
   * one that finished first fails.
   */
  unreadable(lane: Lane, error: unknown): void {
    const ended = lane.jobs.flatMap((job, cell) =>
      job !== undefined && lane.rings.hasEnded(cell) && lane.rings.forms[cell] === Held.none
        ? [cell]
        : [],
    );
    const [first] = ended.toSorted((a, b) => lane.rings.finishedMs(a) - lane.rings.finishedMs(b));
    if (first !== undefined) this.#ended(lane, first, Form.unreadableResult, error);
    this.collect(lane);
  }

  /** Handles a cell that has come back: with a result, or because its job was taken back or abandoned. */
  #cameBack(lane: Lane, cell: number): void {
    const { results, forms } = lane.rings;
    const form = forms[cell] as number;
    const job = lane.jobs[cell];
    if (job !== undefined && lane.carries(job, cell)) {
      return this.#arrived(lane, cell, form);
    }
    results.skip(cell, form);
    if (job === undefined) lane.release(cell);
    else this.#ended(lane, cell, Form.plain, undefined);
  }

  /** Reads a result from shared memory. */
  #arrived(lane: Lane, cell: number, form: number): void {
    const { results } = lane.rings;
    let value: unknown;
    try {
      value = results.read(cell, form);
    } catch (error) {
      // No memory for it, or no room on the stack of the call that collects.
      results.skip(cell, form);
      return this.#ended(lane, cell, Form.unreadableResult, error);
    }
    this.#ended(lane, cell, Form.plain, value);
  }

  /** Frees the cell of a job whose function has ended, and settles the job. */
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
      // It was settled before it ended; only its slot was still taken.
      forget(lane, cell);
      this.#stats.recordAbandoned(runMs, endedMs);
      this.#survivors.ended(job);
      return;
    }
    job.carrier = undefined;
    this.#stats.recordRun(endedMs - runMs - job.acceptedMs, runMs, endedMs);
    job.function.record(runMs);
    if (rings.isAsync(cell)) job.function.isAsync = true;
    if (form === Form.plain) this.#settler.settle(job, 'fulfilled', value);
    else this.#settleAs(form, job, value);
  }

  #settleAs(form: number, job: JobRecord, value: unknown): void {
    switch (form) {
      case Form.buffer:
        return this.#settler.settle(job, 'fulfilled', asBuffer(value));
      case Form.thrown:
        return this.#settler.settle(job, 'rejected', decodeThrown(value as EncodedError));
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
    this.#settler.settle(job, 'rejected', error);
  }
}

/** A job that was settled before it ended holds its thread no longer. */
function forget(lane: Lane, cell: number): void {
  lane.abandoned.get(cell)?.clear();
  lane.abandoned.delete(cell);
}
