/** The job module, with an import of its own. */
import { power } from './power.mjs';

export const square = (n) => power(n, 2);
