/**
 * Makes the measurements of one job, each in a fresh process, and collects what they have in common:
 * failed measurements, failed jobs, whether somebody interrupted.
 *
 * Invariants: every round deals inputs and arrivals of its own, the same ones for all that is measured
 * in it; a measurement has its time and some grace, then it counts as failed.
 */
import { builtFile } from '../../../process/built-file.js';
import { measureFresh } from '../../../process/fresh-process.js';
import { type Measurements, measureRounds } from '../../../harness/rounds.js';
import type { Surroundings } from '../../../harness/scenario.js';
import { FailureTally, type JobFailures } from '../../../user-job/job-failures.js';
import type { Arm } from './figures.js';
import type { JobRequest, Load, Surrounding } from './program.js';
import type { Subject } from './user-job.js';

/** Where every measurement runs. */
export const PROGRAM: URL = builtFile('bench/scenarios/job/measure/program.js');

/** Beside the load: a process and its threads start, load the module and the inputs, and end. */
const START_SECONDS = 0.5;
/** A pool that can't do a rate has all of its backlog to work off. */
const GRACE_SECONDS = 120;
/** Windows that hold few jobs are stretched to five times their length, warm-ups to three times. */
const LONGEST = 6;

type Reply = Surrounding & { readonly failures: JobFailures };

/** One kind of load at several points. */
export interface Plan<Point> {
  /** What the screen calls a round. */
  readonly label: string;
  readonly rounds: number;
  readonly points: readonly Point[];
  readonly describe: (point: Point) => string;
  readonly load: (point: Point) => Load;
  /** How long that takes, warm-up included. */
  readonly seconds: (point: Point) => number;
}

/** A load of which it is known whether it warmed up. */
export interface SteadyPlan<Point, Own> extends Plan<Point> {
  readonly isStable?: (reply: Own) => boolean;
}

export class Measurer {
  /** Measurements that failed, a sentence each. */
  readonly failures: string[] = [];
  /** Measurements whose warm-up did not become stable, a description each. */
  readonly unstable: string[] = [];
  readonly jobFailures: FailureTally = new FailureTally();
  isInterrupted = false;
  readonly #subject: Subject;
  readonly #surroundings: Surroundings;

  constructor(subject: Subject, surroundings: Surroundings) {
    this.#subject = subject;
    this.#surroundings = surroundings;
  }

  /** Measures every point, again in each round. */
  async all<Point, Own extends Reply>(
    plan: SteadyPlan<Point, Own>,
  ): Promise<Measurements<Point, Arm, Own>> {
    const seconds = plan.points.map((point) => START_SECONDS + plan.seconds(point));
    const measurements = await measureRounds<Point, Arm, Own>(
      {
        ...plan,
        seed: this.#subject.seed,
        arms: ['job'],
        secondsEach: seconds.reduce((sum, each) => sum + each, 0) / Math.max(1, seconds.length),
        measure: (point, _, round) =>
          this.#measure<Own>(plan.load(point), plan.seconds(point), round),
      },
      this.#surroundings,
    );
    this.failures.push(...measurements.failures);
    this.unstable.push(...measurements.unstable);
    this.isInterrupted ||= measurements.isInterrupted;
    return measurements;
  }

  /** Measures one load once; undefined where that failed, or was interrupted. */
  async once<Own extends Reply>(
    label: string,
    load: Load,
    seconds: number,
  ): Promise<Own | undefined> {
    const replies: Own[] = [];
    const measurements = await this.all<Load, Own>({
      label,
      rounds: 1,
      points: [load],
      describe: () => label,
      load: () => load,
      seconds: () => seconds,
    });
    measurements.series(load, 'job', (reply) => replies.push(reply));
    return replies[0];
  }

  async #measure<Own extends Reply>(load: Load, seconds: number, round: number): Promise<Own> {
    const { job, input, seed } = this.#subject;
    const request: JobRequest = { ...load, job, input, seed: (seed * 1000 + round) % 2 ** 32 };
    const reply = await measureFresh<Own>(PROGRAM, request, {
      limitMs: (LONGEST * seconds + GRACE_SECONDS) * 1000,
      signal: this.#surroundings.signal,
    });
    this.jobFailures.addAll(reply.failures);
    return reply;
  }
}
