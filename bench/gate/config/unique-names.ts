/** Checks that the names in reports and waivers are unique. */
import { UsageError } from '../../options/flags.js';

/** @param what - 'scenarios'. @throws UsageError if two have the same name */
export function checkUnique(what: string, names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new UsageError(
    `Two ${what} have the name '${twice}'; give each its own by 'name' in the configuration.`,
  );
}
