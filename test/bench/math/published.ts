/** Data sets whose results are published. */

/**
 * Hamilton's depression factor IV of nine patients, before minus after a tranquilizer: M. Hollander and D. A. Wolfe,
 * Nonparametric Statistical Methods (1973), table 3.1; an example of R's wilcox.test.
 */
export const DEPRESSION: readonly number[] = [
  1.83 - 0.878,
  0.5 - 0.647,
  1.62 - 0.598,
  2.48 - 2.05,
  1.68 - 1.06,
  1.88 - 1.29,
  1.55 - 1.06,
  3.06 - 3.14,
  1.3 - 1.29,
];

/** Heights of Darwin's maize, cross- minus self-fertilized, as in the documentation of SciPy's wilcoxon. */
export const MAIZE: readonly number[] = [
  6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75,
];

/** Permeability of a membrane, to be tested against 1.1: W. R. Stephenson, Iowa State University, Stat 403. */
export const MEMBRANE: readonly number[] = [
  0.9, 1.13, 1.89, 1.14, 1.45, 1.38, 1.91, 1.64, 0.83, 1.46,
];

/**
 * Permeability of the human chorioamnion at term and early: Hollander and Wolfe (1973), table 4.1; an
 * example of R's wilcox.test and of the package coin.
 */
export const AT_TERM: readonly number[] = [
  0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46,
];
export const EARLY: readonly number[] = [1.15, 0.88, 0.9, 0.74, 1.21];
