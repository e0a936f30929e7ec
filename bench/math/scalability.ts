/**
 * How throughput grows with the threads, as a law with a few constants: Amdahl's, and Gunther's
 * Universal Scalability Law (USL).
 *
 * Invariants: the constants are those of the least sum of squared residuals, with σ and κ not below 0
 * and Amdahl's σ not above 1; with no more points than constants there is no fit, as a curve would then
 * go through all of them, whatever they are.
 */
import { type Equation, solveLinear, solveModel } from './least-squares.js';

/** What so many threads did. */
export interface ScalingPoint {
  readonly threads: number;
  readonly perSecond: number;
}

/**
 * X(N) = λN / (1 + σ(N − 1) + κN(N − 1)).
 *
 * Source: N. J. Gunther, Guerrilla Capacity Planning, Springer 2007, chapter 4, where σ and κ are
 * called α and β. With κ = 0 it is Amdahl's law: G. M. Amdahl, Validity of the single processor
 * approach to achieving large scale computing capabilities, AFIPS 1967.
 */
export interface ScalingLaw {
  /** What one thread does (λ). */
  readonly perSecond: number;
  /** Contention (σ): the share of the work that only one thread can do at a time. */
  readonly contention: number;
  /** Coherency (κ): what every pair of threads costs, as a share of a job. */
  readonly coherency: number;
}

/** How many different numbers of threads a fit takes: one more than it has constants. */
export const MIN_POINTS = { amdahl: 3, usl: 4 } as const;

/** What a law says for so many threads. */
export function perSecondAt(
  { perSecond, contention, coherency }: ScalingLaw,
  threads: number,
): number {
  const others = threads - 1;
  return (perSecond * threads) / (1 + contention * others + coherency * threads * others);
}

/** With how many threads a law has its peak, √((1 − σ) ÷ κ); Infinity where it never falls. */
export function threadsAtPeak({ contention, coherency }: ScalingLaw): number {
  if (contention >= 1) return 1;
  return coherency === 0 ? Infinity : Math.max(1, Math.sqrt((1 - contention) / coherency));
}

/** The greatest distance of a point from a law, as a share of the point. */
export function worstMiss(law: ScalingLaw, points: readonly ScalingPoint[]): number {
  return Math.max(
    ...points.map(({ threads, perSecond }) => Math.abs(perSecondAt(law, threads) / perSecond - 1)),
  );
}

/** The USL that fits best; undefined where there are too few points. */
export function fitUsl(points: readonly ScalingPoint[]): ScalingLaw | undefined {
  if (countThreads(points) < MIN_POINTS.usl) return undefined;
  // The least sum within the bounds lies inside of them or on one of their faces.
  const laws = [
    [ONE, TAKING_TURNS, PAIRS],
    [ONE, TAKING_TURNS],
    [ONE, PAIRS],
  ];
  return bestOf(points, [...laws.map((terms) => fit(points, terms)), proportional(points)]);
}

/** Amdahl's law as it fits best; undefined where there are too few points. */
export function fitAmdahl(points: readonly ScalingPoint[]): ScalingLaw | undefined {
  if (countThreads(points) < MIN_POINTS.amdahl) return undefined;
  const inside = fit(points, [ONE, TAKING_TURNS]);
  const isWithin = inside !== undefined && inside.contention <= 1;
  return bestOf(points, [isWithin ? inside : serial(points), proportional(points)]);
}

/**
 * The laws are N ÷ X(N) = a + b(N − 1) + cN(N − 1), or only two of these terms; then λ = 1 ÷ a,
 * σ = b ÷ a and κ = c ÷ a.
 */
type Term = (threads: number) => number;

const ONE: Term = () => 1;
const TAKING_TURNS: Term = (threads) => threads - 1;
const PAIRS: Term = (threads) => threads * (threads - 1);

function fit(points: readonly ScalingPoint[], terms: readonly Term[]): ScalingLaw | undefined {
  // An error of X shows in N ÷ X as N ÷ X² times itself; weighted by the inverse it is that of X.
  const start = solveLinear(
    points.map(({ threads, perSecond }) => ({
      row: terms.map((term) => (term(threads) * perSecond ** 2) / threads),
      value: perSecond,
    })),
  );
  const linearize = (constants: readonly number[]): Equation[] =>
    points.map(({ threads, perSecond }) => {
      const values = terms.map((term) => term(threads));
      const divisor = values.reduce((sum, value, at) => sum + value * (constants[at] as number), 0);
      return {
        row: values.map((value) => (-threads * value) / divisor ** 2),
        value: perSecond - threads / divisor,
      };
    });
  const constants = start && solveModel({ linearize, start });
  if (constants === undefined) return undefined;
  const constant = (term: Term): number => constants[terms.indexOf(term)] ?? 0;
  return {
    perSecond: 1 / constant(ONE),
    contention: constant(TAKING_TURNS) / constant(ONE),
    coherency: constant(PAIRS) / constant(ONE),
  };
}

/** On the bounds: every thread does as much as the first one. */
function proportional(points: readonly ScalingPoint[]): ScalingLaw {
  const product = points.reduce((sum, { threads, perSecond }) => sum + threads * perSecond, 0);
  const squares = points.reduce((sum, { threads }) => sum + threads ** 2, 0);
  return { perSecond: product / squares, contention: 0, coherency: 0 };
}

/** On the bounds: all of them do as much as one. */
function serial(points: readonly ScalingPoint[]): ScalingLaw {
  const total = points.reduce((sum, { perSecond }) => sum + perSecond, 0);
  return { perSecond: total / points.length, contention: 1, coherency: 0 };
}

function bestOf(
  points: readonly ScalingPoint[],
  laws: ReadonlyArray<ScalingLaw | undefined>,
): ScalingLaw | undefined {
  const squares = (law: ScalingLaw): number =>
    points.reduce((sum, each) => sum + (each.perSecond - perSecondAt(law, each.threads)) ** 2, 0);
  return laws
    .filter((law) => law !== undefined)
    .filter((law) => law.perSecond > 0 && law.contention >= 0 && law.coherency >= 0)
    .toSorted((a, b) => squares(a) - squares(b))[0];
}

function countThreads(points: readonly ScalingPoint[]): number {
  return new Set(points.map(({ threads }) => threads)).size;
}
