/**
 * States in sentences what limits the throughput as threads are added.
 *
 * Invariants: the sentences follow from the values; contention and coherency are distinguished only if there are
 * enough points for it, and only if they cost more than 10 %.
 */
import type { Figure } from '../../harness/figures.js';
import { MIN_POINTS } from '../../math/scalability.js';
import { widthOfSpread } from '../../math/series.js';
import { formatFigure, formatPercent } from '../../report/format.js';
import type { FittedLaw, KindResult, ThreadsResult } from './result.js';

/** The law's terms count as the limit if they add at least this share to a job's time. */
const MATTERS = 0.1;
/** The efficiency that corresponds to this share. */
const NEARLY_ALL = 1 / (1 + MATTERS);
/** A law that misses a value by more than this does not describe the measurements. */
const BAD_FIT = 0.1;
/** If the rounds spread wider than this share of their median, they may lie on both sides of a limit. */
const UNSTEADY = 0.2;

/** Returns a few sentences on one kind of job; none if nothing was measured. */
export function drawConclusions(kind: KindResult, processors: number): string[] {
  const within = kind.points.filter(({ threads }) => threads <= processors);
  const last = within.at(-1);
  if (last === undefined) return [];
  if (last.efficiency === undefined || last.threads === 1) {
    return ['There is nothing to compare: that takes measurements with 1 and 2 threads or more.'];
  }
  return [
    ...describeLimit(kind, last.threads, last.efficiency, processors),
    ...describeLaws(kind, within.length),
    ...describeMoreThreads(kind, last, processors),
  ];
}

function describeLimit(
  { usl }: KindResult,
  threads: number,
  efficiency: Figure,
  processors: number,
): string[] {
  const { median: share, min, max } = efficiency;
  const done =
    `with ${threads} threads on ${count(processors, 'CPU')} each does ` +
    `${formatPercent(share)} of what one does alone`;
  if (widthOfSpread(efficiency) > UNSTEADY && min < NEARLY_ALL && max >= NEARLY_ALL) {
    return [
      `What limits it is unknown, as the rounds differ too much: ${done}, but anything from ` +
        `${formatPercent(min)} to ${formatPercent(max)} in single rounds.`,
    ];
  }
  const contention = (usl?.contention ?? 0) * (threads - 1);
  const coherency = (usl?.coherency ?? 0) * threads * (threads - 1);
  const isNearlyAll = usl === undefined ? share >= NEARLY_ALL : contention + coherency < MATTERS;
  if (isNearlyAll) {
    return threads < processors
      ? [`Nothing limits it up to here: ${done}.`]
      : [`The number of CPUs limits it: ${done}.`];
  }
  if (usl === undefined) {
    return [
      `What limits it is unknown, as there are too few points: ${done}. The main thread needs CPU time, too, ` +
        'which explains part of the loss.',
    ];
  }
  return contention >= coherency
    ? [
        `Contention limits it (σ = ${constant(usl.contention)}): ${done}, as part of the work is done for one ` +
          'thread at a time, such as that of the main thread.',
      ]
    : [
        `Coherency limits it (κ = ${constant(usl.coherency)}): ${done}, as threads cost each other time, ` +
          'such as for the caches, the memory or the CPUs that they share.',
      ];
}

function describeLaws({ amdahl, usl }: KindResult, points: number): string[] {
  const missing = [
    ...(amdahl === undefined ? [`Amdahl's law takes ${MIN_POINTS.amdahl}`] : []),
    ...(usl === undefined ? [`the Universal Scalability Law ${MIN_POINTS.usl}`] : []),
  ];
  return [
    ...(missing.length === 0
      ? []
      : [
          `Too few points for a fit: ${missing.join(' and ')}, with a CPU for every thread; there ` +
            `${points === 1 ? 'is' : 'are'} ${points}.`,
        ]),
    ...(amdahl === undefined ? [] : [describeAmdahl(amdahl)]),
    ...(usl === undefined ? [] : [describeUsl(usl)]),
  ];
}

function describeAmdahl(law: FittedLaw): string {
  const { contention } = law;
  if (contention === 0) return `Amdahl's law finds nothing serial in it${describeMiss(law)}.`;
  return (
    `Amdahl's law fits best with ${formatPercent(contention)} of the work serial, so that no number of ` +
    `threads does more than ${formatFigure(1 / contention)} times what one does${describeMiss(law)}.`
  );
}

function describeUsl(law: FittedLaw): string {
  const { contention, coherency, peakThreads } = law;
  const peak =
    peakThreads === undefined
      ? 'it has no peak'
      : `its peak is at ${Math.round(peakThreads)} threads`;
  return (
    'The Universal Scalability Law fits best with a contention σ of ' +
    `${constant(contention)} and a coherency κ of ${constant(coherency)}; ${peak}${describeMiss(law)}.`
  );
}

function describeMiss({ worstMiss }: FittedLaw): string {
  const far = `${formatPercent(worstMiss)}`;
  return worstMiss > BAD_FIT
    ? `; but it misses a value by ${far}, so don't rely on it`
    : `; it misses no value by more than ${far}`;
}

function describeMoreThreads(
  { points }: KindResult,
  last: ThreadsResult,
  processors: number,
): string[] {
  const beyond = points.filter(({ threads }) => threads > processors);
  const most = beyond.toSorted((a, b) => b.jobsPerSecond.median - a.jobsPerSecond.median)[0];
  if (most === undefined) return [];
  const share = most.jobsPerSecond.median / last.jobsPerSecond.median;
  const done = `${formatPercent(share)} of what ${last.threads} do, with ${most.threads}`;
  if (share <= 1) {
    return [`More threads than CPUs add nothing: at most ${done}. No law is fitted to them.`];
  }
  return [
    `More threads than CPUs do up to ${done}: one has a job while another waits for the next, ` +
      'or it is noise. No law is fitted to them.',
  ];
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}

/** Formats a constant with two significant digits. */
function constant(value: number): string {
  return String(Number(value.toPrecision(2)));
}
