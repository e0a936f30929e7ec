/** A job module with an import. */
import { power } from './power.mjs';

export const square = (n) => power(n, 2);
