/**
 * Decides which measurements to make: all, or those whose description contains a text.
 *
 * Invariant: a text that leaves nothing to measure is an error, never an empty result.
 */
import { UsageError } from '../options/flags.js';

/** Max descriptions that an error lists. */
const SHOWN = 6;

/** Whether to make a measurement; case doesn't matter. */
export function isChosen(description: string, filter: string | undefined): boolean {
  return filter === undefined || description.toLowerCase().includes(filter.toLowerCase());
}

/** @throws UsageError if there are measurements and the filter leaves none of them. */
export function checkFilter(descriptions: readonly string[], filter: string | undefined): void {
  if (descriptions.length === 0) return;
  if (descriptions.some((description) => isChosen(description, filter))) return;
  // Taken from all over the list, because neighbors are alike.
  const stride = Math.max(1, Math.floor(descriptions.length / SHOWN));
  const some = descriptions.filter((_, at) => at % stride === 0).slice(0, SHOWN);
  const more = descriptions.length - some.length;
  const rest = more === 0 ? '' : ` and ${more} more`;
  throw new UsageError(
    `Option '--filter' is '${filter}', which matches no measurement; valid is part of one of ` +
      `${some.map((each) => `'${each}'`).join(', ')}${rest}.`,
  );
}
