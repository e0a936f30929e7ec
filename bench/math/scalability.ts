/**
 * Models how throughput grows with the number of threads, as a law with a few constants: Amdahl's, or Gunther's
 * Universal Scalability Law (USL).
 *
 * Invariants: the constants minimize the sum of squared residuals, subject to σ ≥ 0, κ ≥ 0 and Amdahl's σ ≤ 1; with
 * no more points than constants there is no fit, as a curve would then go through all of them, whatever they are.
 */
import { type Equation, solveLinear, solveModel } from './least-squares.js';

/** The throughput of a number of threads. */
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
  /** Throughput of one thread (λ). */
  readonly perSecond: number;
  /** Contention (σ): the share of the work that only one thread can do at a time. */
  readonly contention: number;
  /** Coherency (κ): the cost of each pair of threads, as a share of a job. */
  readonly coherency: number;
}

/** Min distinct numbers of threads for a fit: one more than it has constants. */
export const MIN_POINTS = { amdahl: 3, usl: 4 } as const;

/** The throughput that a law predicts for a number of threads. */
export function perSecondAt(
  { perSecond, contention, coherency }: ScalingLaw,
  threads: number,
): number {
  const others = threads - 1;
  return (perSecond * threads) / (1 + contention * others + coherency * threads * others);
}

/** The number of threads at which a law peaks, √((1 − σ) ÷ κ); Infinity if it never falls. */
export function threadsAtPeak({ contention, coherency }: ScalingLaw): number {
  if (contention >= 1) return 1;
  return coherency === 0 ? Infinity : Math.max(1, Math.sqrt((1 - contention) / coherency));
}

/** The largest distance of a point from a law, as a share of the point. */
export function worstMiss(law: ScalingLaw, points: readonly ScalingPoint[]): number {
  return Math.max(
    ...points.map(({ threads, perSecond }) => Math.abs(perSecondAt(law, threads) / perSecond - 1)),
  );
}

/** Fits the USL; undefined if there are too few points. */
export function fitUsl(points: readonly ScalingPoint[]): ScalingLaw | undefined {
  if (countThreads(points) < MIN_POINTS.usl) return undefined;
  // The minimum within the bounds lies in their interior or on one of their faces.
  const laws = [
    [ONE, TAKING_TURNS, PAIRS],
    [ONE, TAKING_TURNS],
    [ONE, PAIRS],
  ];
  return bestOf(points, [...laws.map((terms) => fit(points, terms)), proportional(points)]);
}

/** Fits Amdahl's law; undefined if there are too few points. */
export function fitAmdahl(points: readonly ScalingPoint[]): ScalingLaw | undefined {
  if (countThreads(points) < MIN_POINTS.amdahl) return undefined;
  const inside = fit(points, [ONE, TAKING_TURNS]);
  const isWithin = inside !== undefined && inside.contention <= 1;
  return bestOf(points, [isWithin ? inside : serial(points), proportional(points)]);
}

/**
 * A term of a law: N ÷ X(N) = a + b(N − 1) + cN(N − 1), or only two of these terms; then λ = 1 ÷ a, σ = b ÷ a
 * and κ = c ÷ a.
 */
type Term = (threads: number) => number;

const ONE: Term = () => 1;
const TAKING_TURNS: Term = (threads) => threads - 1;
const PAIRS: Term = (threads) => threads * (threads - 1);

function fit(points: readonly ScalingPoint[], terms: readonly Term[]): ScalingLaw | undefined {
  // An error e of X appears in N ÷ X as e × N ÷ X²; weighting by the inverse gives the error of X.
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

/** The law at the bounds σ = κ = 0: every thread does as much as the first one. */
function proportional(points: readonly ScalingPoint[]): ScalingLaw {
  const product = points.reduce((sum, { threads, perSecond }) => sum + threads * perSecond, 0);
  const squares = points.reduce((sum, { threads }) => sum + threads ** 2, 0);
  return { perSecond: product / squares, contention: 0, coherency: 0 };
}

/** The law at the bound σ = 1: all threads together do as much as one. */
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
