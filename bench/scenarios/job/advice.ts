/**
 * Settings for a wanted p99 of the total latency, from what was measured: each with the rule that gave
 * it.
 *
 * Invariants: pure arithmetic on measured figures; what can't be met is said with the reason, and
 * nothing is promised then. Sources of the formulas: `queueing.ts`.
 */
import { formatDuration } from '../../report/format.js';
import {
  type CurveRate,
  MIN_RUN_MS,
  rateRule,
  type Rule,
  rulesFor,
  RUN_FACTOR,
} from './advice-rules.js';
import type { InputSummary } from '../../user-job/inputs.js';
import { jobsThatDrain, rateForP99Wait } from './queueing.js';
import { type LoadResult, type SaturationResult, type ServiceResult } from './result.js';
import type { Verification } from './verification.js';

/** Settings of a pool, and the timeouts of its jobs. */
export interface AdvisedSettings {
  readonly threads: number;
  readonly concurrency: number;
  readonly backlog: { readonly jobs: number; readonly bytes: number };
  readonly timeouts: { readonly queueMs: number; readonly runMs: number };
}

/** What follows from the measurements. */
export type Advice =
  | {
      readonly kind: 'impossible';
      readonly wantedP99Ms: number;
      readonly reason: string;
    }
  | {
      readonly kind: 'advised';
      readonly wantedP99Ms: number;
      readonly settings: AdvisedSettings;
      readonly rules: readonly Rule[];
      /** Jobs per second, before anything was verified. */
      readonly ratePerSecond: number;
      readonly expectedPeakBytes: number;
    };

/** The advice with what its verification came to. */
export type AdviceResult =
  | (Advice & { readonly kind: 'impossible' })
  | (Advice & {
      readonly kind: 'advised';
      readonly verifications: readonly Verification[];
      /** The rate that was last verified. */
      readonly promisedPerSecond: number;
      readonly isVerified: boolean;
      /** Ready to be copied. */
      readonly snippet: string;
    });

/** What the advice is made from. */
export interface Measured {
  readonly wantedP99Ms: number;
  readonly service: ServiceResult;
  readonly inputs: InputSummary;
  readonly chosen: SaturationResult;
  readonly loads: readonly LoadResult[];
}

/** The wanted p99 where none is given: this many times the p99 of the service time … */
const DEFAULT_P99_FACTOR = 10;
/** … but no less than this, as the load generator's own timers are up to 1 ms late. */
const MIN_DEFAULT_P99_MS = 10;
/** More slots must bring at least this much more to be worth it. */
const WORTH_MORE = 1.05;
/** Copies that cross to a thread and lie there, beside those in the backlog. */
const COPIES = 2;
/** What a garbage collector may leave lying. */
const MEMORY_MARGIN = 1.25;
const BYTES_STEP = 64 * 1024;

/** What is wanted where nobody says so. */
export function defaultP99Ms({ time }: ServiceResult): number {
  return Math.max(MIN_DEFAULT_P99_MS, DEFAULT_P99_FACTOR * time.p99);
}

/** The fewest slots that do nearly as much as the best. */
export function chooseSlots(saturation: readonly SaturationResult[]): SaturationResult | undefined {
  const best = Math.max(...saturation.map(({ jobsPerSecond }) => jobsPerSecond.median));
  return saturation
    .filter(({ jobsPerSecond }) => jobsPerSecond.median * WORTH_MORE >= best)
    .toSorted((a, b) => a.threads - b.threads || a.concurrency - b.concurrency)[0];
}

/** How many jobs may wait, so that the last one still has the wanted latency. */
export function backlogJobs(
  wantedP99Ms: number,
  { time }: ServiceResult,
  { jobsPerSecond }: SaturationResult,
): number {
  return jobsThatDrain(jobsPerSecond.median, wantedP99Ms - time.p99);
}

/** The advice. */
export function advise(measured: Measured): Advice {
  const { wantedP99Ms, service, chosen } = measured;
  const { time } = service;
  if (wantedP99Ms <= time.p99) {
    return {
      kind: 'impossible',
      wantedP99Ms,
      reason:
        `A p99 of ${formatDuration(wantedP99Ms)} can't be met: the job alone takes ` +
        `${formatDuration(time.p99)} (p99), before any wait. No setting of a pool makes a job ` +
        'faster; make the job shorter, or want more time.',
    };
  }
  const waitMs = wantedP99Ms - time.p99;
  const byFormula = rateForP99Wait(
    {
      slots: chosen.threads * chosen.concurrency,
      saturationPerSecond: chosen.jobsPerSecond.median,
      variation: time.variation,
    },
    waitMs,
  );
  const byCurve = rateByCurve(measured.loads, wantedP99Ms);
  const rate = Math.min(byFormula, byCurve?.ratePerSecond ?? Infinity);
  const ratePerSecond = roundDown(rate);
  if (!(ratePerSecond > 0)) {
    return {
      kind: 'impossible',
      wantedP99Ms,
      reason: `A p99 of ${formatDuration(wantedP99Ms)} leaves ${formatDuration(waitMs)} for the wait, too little at any rate.`,
    };
  }
  const settings = settingsFor(measured, waitMs);
  return {
    kind: 'advised',
    wantedP99Ms,
    settings,
    ratePerSecond,
    rules: [...rulesFor(settings, measured, waitMs), rateRule(ratePerSecond, byFormula, byCurve)],
    expectedPeakBytes: expectedPeakBytes(settings, measured),
  };
}

/** Where the measured p99 crosses the wanted one; the worst round counts. */
export function rateByCurve(
  loads: readonly LoadResult[],
  wantedP99Ms: number,
): CurveRate | undefined {
  const curve = loads.filter(({ load }) => load < 1).toSorted((a, b) => a.load - b.load);
  const above = curve.findIndex(({ p99 }) => p99.max > wantedP99Ms);
  const lowest = curve[0];
  if (lowest === undefined) return undefined;
  if (above === 0) {
    return {
      ratePerSecond: lowest.ratePerSecond.median / 2,
      how: 'half of the lowest load, at which it did not hold',
    };
  }
  const last = curve.at(-1) as LoadResult;
  if (above < 0)
    return { ratePerSecond: last.ratePerSecond.median, how: 'it held at all loads below 1' };
  const [left, right] = [curve[above - 1] as LoadResult, curve[above] as LoadResult];
  const [from, to] = [Math.log(left.p99.max), Math.log(right.p99.max)];
  const part = (Math.log(wantedP99Ms) - from) / (to - from);
  const [low, high] = [left.ratePerSecond.median, right.ratePerSecond.median];
  return {
    ratePerSecond: low + part * (high - low),
    how: 'between two loads',
  };
}

function settingsFor(
  { wantedP99Ms, service, inputs, chosen }: Measured,
  waitMs: number,
): AdvisedSettings {
  const { threads, concurrency } = chosen;
  const jobs = backlogJobs(wantedP99Ms, service, chosen);
  const longest = service.time.count >= 1000 ? service.time.p999 : service.time.max;
  return {
    threads,
    concurrency,
    backlog: { jobs, bytes: backlogBytes(jobs + threads * concurrency, inputs) },
    timeouts: {
      queueMs: Math.max(1, Math.ceil(waitMs)),
      runMs: Math.ceil(Math.max(MIN_RUN_MS, wantedP99Ms, RUN_FACTOR * longest)),
    },
  };
}

/** What so many jobs are charged: the mean, and three standard deviations of the sum. */
export function backlogBytes(jobs: number, inputs: InputSummary): number {
  const { meanChargeBytes, deviationChargeBytes, maxChargeBytes } = inputs;
  const many = jobs * meanChargeBytes + 3 * Math.sqrt(jobs) * deviationChargeBytes;
  return Math.ceil(Math.max(many, maxChargeBytes) / BYTES_STEP) * BYTES_STEP;
}

function expectedPeakBytes({ backlog }: AdvisedSettings, { chosen, loads }: Measured): number {
  const peaks = [chosen, ...loads.filter(({ load }) => load < 1)].map(
    ({ peakBytes }) => peakBytes.max,
  );
  return Math.round(Math.max(...peaks) * MEMORY_MARGIN + COPIES * backlog.bytes);
}

/** To two digits, which is what a promise is worth. */
export function roundDown(rate: number): number {
  if (!(rate > 0)) return 0;
  const unit = 10 ** (Math.floor(Math.log10(rate)) - 1);
  return Number((Math.floor(rate / unit + 1e-9) * unit).toPrecision(2));
}
