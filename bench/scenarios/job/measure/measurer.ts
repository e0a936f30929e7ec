/**
 * Runs the measurements of one job, each in a fresh process, and collects what they share: failed measurements,
 * failed jobs, interruption.
 *
 * Invariants: every round draws its own order of inputs and its own arrivals, the same for all measurements of
 * that round; a measurement that exceeds its time plus a grace period counts as failed.
 */
import { builtFile } from '../../../process/built-file.js';
import { measureFresh } from '../../../process/fresh-process.js';
import { type Measurements, measureRounds } from '../../../harness/rounds.js';
import type { Surroundings } from '../../../harness/scenario.js';
import { FailureTally, type JobFailures } from '../../../user-job/job-failures.js';
import type { Arm } from './figures.js';
import type { JobRequest, Load, Surrounding } from './program.js';
import type { Subject } from './user-job.js';

/** The program that every measurement runs in. */
export const PROGRAM: URL = builtFile('bench/scenarios/job/measure/program.js');

/** Overhead of a measurement: starting and ending a process and its threads, loading the module and the inputs. */
const START_SECONDS = 0.5;
/** Grace period: a pool that can't keep up with a rate has to drain all of its backlog. */
const GRACE_SECONDS = 120;
/** Factor over the planned time: windows with few jobs take up to 5 times as long, warm-ups up to 3 times. */
const LONGEST = 6;

type Reply = Surrounding & { readonly failures: JobFailures };

/** A kind of load, measured at several points. */
export interface Plan<Point> {
  /** Name of a round in the progress display. */
  readonly label: string;
  readonly rounds: number;
  readonly points: readonly Point[];
  readonly describe: (point: Point) => string;
  readonly load: (point: Point) => Load;
  /** Time for a point in seconds, warm-up included. */
  readonly seconds: (point: Point) => number;
}

/** A plan whose replies may tell whether their warm-up became stable. */
export interface SteadyPlan<Point, Own> extends Plan<Point> {
  readonly isStable?: (reply: Own) => boolean;
}

export class Measurer {
  /** One sentence for each measurement that failed. */
  readonly failures: string[] = [];
  /** A description of each measurement whose warm-up did not become stable. */
  readonly unstable: string[] = [];
  readonly jobFailures: FailureTally = new FailureTally();
  isInterrupted = false;
  readonly #subject: Subject;
  readonly #surroundings: Surroundings;

  constructor(subject: Subject, surroundings: Surroundings) {
    this.#subject = subject;
    this.#surroundings = surroundings;
  }

  /** Measures every point in each round. */
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

  /** Measures one load once; undefined if it failed or was interrupted. */
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
