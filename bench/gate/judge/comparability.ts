/**
 * Decides whether a stored run and a current one can be compared at all.
 *
 * Invariant: every obstacle says what differs; values are compared only if there is none.
 */
import type { Environment } from '../../process/environment.js';
import { median } from '../../math/statistics.js';
import { formatPercent } from '../../report/format.js';
import type { References } from '../model/references.js';
import type { RoundFigures } from '../model/report.js';

/**
 * Max relative drift of the reference work; more means another machine, or another state of it. The duration of
 * messages depends on the scheduler, too.
 */
const MOST_DRIFT: Readonly<Record<keyof References, number>> = {
  spin: 0.1,
  memory: 0.1,
  messages: 0.4,
};
const SAME: ReadonlyArray<keyof Environment> = ['cpu', 'processors', 'cpuQuota', 'platform'];
const KINDS: ReadonlyArray<keyof References> = ['spin', 'memory', 'messages'];

/** The difference that makes two machines incomparable, if any: "processors '2' and not '4'". */
export function differenceOf(before: Environment, now: Environment): string | undefined {
  const differing = SAME.find((key) => before[key] !== now[key]);
  if (differing !== undefined) {
    return `${differing} '${before[differing] ?? 'none'}' and not '${now[differing] ?? 'none'}'`;
  }
  const [then, today] = [majorOf(before.node), majorOf(now.node)];
  return then === today ? undefined : `Node ${then} and not ${today}`;
}

function majorOf(version: string): string {
  return version.replace(/^v/, '').split('.')[0] ?? version;
}

/** The reason why the reference work rules out a comparison on the same machine, if any. */
export function driftOf(
  before: readonly RoundFigures[],
  now: readonly RoundFigures[],
): string | undefined {
  for (const kind of KINDS) {
    const [then, today] = [usual(before, kind), usual(now, kind)];
    if (then === undefined || today === undefined) {
      return 'The baseline has no reference work to compare the machines by.';
    }
    const drift = today / then - 1;
    if (Math.abs(drift) > MOST_DRIFT[kind]) {
      return (
        `The machine has changed: the reference work '${kind}' takes ` +
        `${formatPercent(drift, { isSigned: true })}, and the limit is ${formatPercent(MOST_DRIFT[kind])}.`
      );
    }
  }
  return undefined;
}

function usual(rounds: readonly RoundFigures[], kind: keyof References): number | undefined {
  return median(rounds.flatMap(({ references }) => references?.[kind] ?? []));
}
