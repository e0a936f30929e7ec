/**
 * Measures every variant at every point, again in each round: the method that all comparisons share.
 *
 * Invariants: at a point all variants are measured one after the other before the next point, so that measurements
 * that are compared within a round were made under nearly the same conditions; the seed determines a new order of
 * points and variants for each round, the same with or without a filter; a failed measurement is reported and affects
 * no other one.
 */
import { checkFilter, isChosen } from './filter.js';
import { randomFrom, shuffled } from '../math/random.js';
import type { Surroundings } from './scenario.js';
import type { Series } from '../math/series.js';
import { Progress } from '../report/terminal/progress.js';

/** The measurements to make. */
export interface RoundsPlan<Point, Arm, Reply> {
  readonly rounds: number;
  readonly seed: number;
  readonly points: readonly Point[];
  readonly arms: readonly Arm[];
  /** Only measurements whose description contains this text are made; case doesn't matter. */
  readonly filter?: string;
  /** Duration of one measurement, for estimating the time left. */
  readonly secondsEach: number;
  /** The progress display's name for a round; default: Round. */
  readonly label?: string;
  /** Names a measurement in the progress display; the filter matches this text. */
  readonly describe: (point: Point, arm: Arm) => string;
  readonly measure: (point: Point, arm: Arm, round: number) => Promise<Reply>;
  /** Whether the warm-up before a measurement became stable; absent if there is no warm-up. */
  readonly isStable?: (reply: Reply) => boolean;
}

/** A completed measurement. */
export interface Measurement<Point, Arm, Reply> {
  readonly round: number;
  readonly point: Point;
  readonly arm: Arm;
  readonly reply: Reply;
}

/** The results of a plan. */
export class Measurements<Point, Arm, Reply> {
  readonly #all: Array<Measurement<Point, Arm, Reply>> = [];
  /** Why measurements failed, one sentence each. */
  readonly failures: string[] = [];
  /** Descriptions of measurements whose warm-up had not become stable. */
  readonly unstable: string[] = [];
  isInterrupted = false;

  add(measurement: Measurement<Point, Arm, Reply>): void {
    this.#all.push(measurement);
  }

  /** The values of one metric of a variant at a point, round by round. */
  series(point: Point, arm: Arm, figure: (reply: Reply) => number): Series {
    const own = this.#all
      .filter((each) => each.point === point && each.arm === arm)
      .toSorted((a, b) => a.round - b.round);
    return new Map(own.map(({ round, reply }) => [round, figure(reply)]));
  }
}

/**
 * Carries out a plan, until it is done or interrupted.
 *
 * @throws UsageError if the filter leaves nothing, before anything is measured.
 */
export async function measureRounds<Point, Arm, Reply>(
  plan: RoundsPlan<Point, Arm, Reply>,
  { screen, paint, signal }: Surroundings,
): Promise<Measurements<Point, Arm, Reply>> {
  const measurements = new Measurements<Point, Arm, Reply>();
  const random = randomFrom(plan.seed);
  const progress = new Progress(screen, paint);
  const every = plan.points.flatMap((point) => plan.arms.map((arm) => plan.describe(point, arm)));
  checkFilter(every, plan.filter);
  const chosen = every.filter((what) => isChosen(what, plan.filter));
  const roundSeconds = chosen.length * plan.secondsEach;
  try {
    for (let round = 1; round <= plan.rounds; round += 1) {
      if (chosen.length === 0) break;
      const label = `${plan.label ?? 'Round'} ${round} of ${plan.rounds}`;
      progress.begin(label, roundSeconds, roundSeconds * (plan.rounds - round));
      for (const point of shuffled(plan.points, random)) {
        for (const arm of shuffled(plan.arms, random)) {
          const what = plan.describe(point, arm);
          if (!isChosen(what, plan.filter)) continue;
          progress.update(what);
          try {
            const reply = await plan.measure(point, arm, round);
            measurements.add({ round, point, arm, reply });
            if (plan.isStable?.(reply) === false) measurements.unstable.push(what);
          } catch (error) {
            if (!signal.aborted) measurements.failures.push(`${what}: ${(error as Error).message}`);
          }
          if (!signal.aborted) continue;
          measurements.isInterrupted = true;
          return measurements;
        }
      }
    }
    return measurements;
  } finally {
    progress.stop();
  }
}
