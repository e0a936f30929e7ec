/**
 * One ready thread: its slots, the cells of their claims, and the jobs that are on it.
 *
 * Invariant: a cell is free or holds one posting; a posting leaves its cell when the thread has
 * answered or the job was taken back, also where the job itself was settled long before.
 */
import { Deadline } from './deadlines.js';
import type { JobRecord, Posting } from './job.js';
import type { Claims } from './protocol.js';

/** A thread that has loaded the job module, as the dispatcher sees it. */
export interface Link {
  readonly claims: Claims;
  /** The names of the module's jobs, with their index on the thread. */
  readonly names: ReadonlyMap<string, number>;
  /** Added to the thread's `performance.now()` it gives ours. */
  readonly clockOffsetMs: number;
  /** Called with each `done` and `pong`; the dispatcher sets it. */
  onMessage: (message: readonly unknown[]) => void;
  /** @throws What structured clone throws. */
  post(message: readonly unknown[], transfer?: readonly unknown[]): void;
  /** Ends the thread; its loss is reported later, as any other. */
  stop(): void;
}

/** What the dispatcher knows of a thread. */
export class Lane {
  readonly link: Link;
  readonly postings: Array<LanePosting | undefined>;
  readonly grace: Deadline;
  occupied = 0;
  isStopping = false;
  isAnswering = true;
  readonly #freeCells: number[];

  constructor(link: Link, slots: number, graceOver: () => void) {
    this.link = link;
    this.postings = Array.from({ length: slots }, () => undefined);
    this.#freeCells = Array.from({ length: slots }, (_, cell) => cell);
    this.grace = new Deadline(graceOver);
  }

  occupy(job: JobRecord): LanePosting {
    const cell = this.#freeCells.pop() as number;
    const posting = new LanePosting(this, job, cell, this.link.claims.offer(cell));
    this.postings[cell] = posting;
    this.occupied += 1;
    return posting;
  }

  free(posting: LanePosting): void {
    this.postings[posting.cell] = undefined;
    this.#freeCells.push(posting.cell);
    this.occupied -= 1;
  }

  /** The jobs here that nobody has settled; a cancelled one that still runs is not among them. */
  unsettled(): JobRecord[] {
    const jobs: JobRecord[] = [];
    for (const posting of this.postings) {
      if (posting !== undefined && posting.job.posting === posting) jobs.push(posting.job);
    }
    return jobs;
  }
}

export class LanePosting implements Posting {
  readonly lane: Lane;
  readonly job: JobRecord;
  readonly cell: number;
  readonly ticket: number;

  constructor(lane: Lane, job: JobRecord, cell: number, ticket: number) {
    this.lane = lane;
    this.job = job;
    this.cell = cell;
    this.ticket = ticket;
  }

  isStarted(): boolean {
    return this.lane.link.claims.isStarted(this.cell, this.ticket);
  }

  isFinished(): boolean {
    return this.lane.link.claims.isFinished(this.cell, this.ticket);
  }

  startedMs(): number {
    return this.lane.link.claims.startedMs(this.cell) + this.lane.link.clockOffsetMs;
  }
}
