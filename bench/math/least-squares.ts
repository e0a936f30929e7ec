/**
 * Solves least-squares problems with a few constants: linear ones directly, others iteratively.
 *
 * Invariant: if the equations don't determine the constants, the result is undefined, never a guess.
 */

/** An approximate equation `row · constants ≈ value`. */
export interface Equation {
  readonly row: readonly number[];
  readonly value: number;
}

/** A model of measured values. */
export interface Model {
  /** The residuals (measured − modeled), with the derivatives of the modeled values. */
  readonly linearize: (constants: readonly number[]) => Equation[];
  /** A guess near the solution. */
  readonly start: readonly number[];
}

const MAX_STEPS = 200;
const SMALLEST_STEP = 2 ** -30;
/** With columns of length 1, a pivot below this is only rounding error. */
const SINGULAR = 1e-13;

/** Returns the constants with the smallest sum of squares, by the normal equations. */
export function solveLinear(equations: readonly Equation[]): number[] | undefined {
  const columns = equations[0]?.row.length ?? 0;
  const lengths = Array.from({ length: columns }, (_, column) =>
    Math.sqrt(sum(equations, ({ row }) => at(row, column) ** 2)),
  );
  if (lengths.some((length) => !(length > 0))) return undefined;
  const scaled = equations.map(({ row, value }) => ({
    row: row.map((each, column) => each / at(lengths, column)),
    value,
  }));
  const normal = lengths.map((_, i) => [
    ...lengths.map((__, j) => sum(scaled, ({ row }) => at(row, i) * at(row, j))),
    sum(scaled, ({ row, value }) => at(row, i) * value),
  ]);
  return eliminate(normal)?.map((each, column) => each / at(lengths, column));
}

/**
 * Applies the Gauss–Newton method, halving each step until it reduces the sum of squares.
 *
 * Source: Nocedal and Wright, Numerical Optimization, 2nd edition 2006, section 10.3.
 */
export function solveModel({ linearize, start }: Model): readonly number[] | undefined {
  let constants = start;
  let squares = sumOfSquares(linearize(constants));
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const change = solveLinear(linearize(constants));
    if (change === undefined) return undefined;
    const better = betterAlong(constants, change, squares, linearize);
    if (better === undefined) break;
    ({ constants, squares } = better);
  }
  return constants;
}

function betterAlong(
  from: readonly number[],
  change: readonly number[],
  squares: number,
  linearize: Model['linearize'],
): { readonly constants: number[]; readonly squares: number } | undefined {
  for (let size = 1; size >= SMALLEST_STEP; size /= 2) {
    const constants = from.map((each, index) => each + size * at(change, index));
    const smaller = sumOfSquares(linearize(constants));
    if (smaller < squares) return { constants, squares: smaller };
  }
  return undefined;
}

function sumOfSquares(equations: readonly Equation[]): number {
  return sum(equations, ({ value }) => value ** 2);
}

/** Gaussian elimination with pivoting; each row ends with its right-hand side. */
function eliminate(matrix: readonly number[][]): number[] | undefined {
  const rows = matrix.map((row) => [...row]);
  const solved: number[][] = [];
  for (let column = 0; column < matrix.length; column += 1) {
    rows.sort((a, b) => Math.abs(at(b, column)) - Math.abs(at(a, column)));
    const pivot = rows.shift() as number[];
    if (!(Math.abs(at(pivot, column)) > SINGULAR)) return undefined;
    for (const row of rows) {
      const factor = at(row, column) / at(pivot, column);
      for (const [index, each] of pivot.entries()) row[index] = at(row, index) - factor * each;
    }
    solved.push(pivot);
  }
  const constants: number[] = matrix.map(() => 0);
  for (let column = matrix.length - 1; column >= 0; column -= 1) {
    const row = at(solved, column);
    const known = sum([...constants.keys()], (index) => at(row, index) * at(constants, index));
    constants[column] = (at(row, matrix.length) - known) / at(row, column);
  }
  return constants;
}

function at<Value>(values: readonly Value[], index: number): Value {
  return values[index] as Value;
}

function sum<Value>(values: readonly Value[], of: (value: Value) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
