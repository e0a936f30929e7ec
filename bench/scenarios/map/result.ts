/** Defines the result of `bench map`: plain data, which `--json` writes and the report is made from. */
import { type Figure, figureOf } from '../../harness/figures.js';
import type { Measurements } from '../../harness/rounds.js';
import { bestOf, ratiosWithin } from '../../math/series.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { ARM_NAMES, type ArmName } from './arms.js';
import type { MapKind, MapSettings } from './settings.js';
import type { MapReply } from './program.js';

export interface ArmResult {
  readonly arm: ArmName;
  readonly rowsPerSecond: Figure;
  /** Max number of items pulled but not delivered while the reader was slow. */
  readonly mostHeld: Figure;
  readonly growthBytes: Figure;
}

export interface KindResult {
  readonly kind: string;
  readonly arms: readonly ArmResult[];
  /** Millrace ÷ the best of the others, within rounds. */
  readonly toBest?: { readonly arm: ArmName; readonly ratio: Figure };
}

export interface MapResult extends ScenarioResult {
  readonly scenario: 'map';
  readonly settings: MapSettings;
  readonly versions: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
  readonly kinds: readonly KindResult[];
}

/** Summarizes one kind of job. */
export function kindResult(
  kind: MapKind,
  measurements: Measurements<MapKind, ArmName, MapReply>,
): KindResult {
  const rowsOf = (arm: ArmName) =>
    measurements.series(kind, arm, ({ rowsPerSecond }) => rowsPerSecond);
  const arms = ARM_NAMES.flatMap((arm): ArmResult[] => {
    const rowsPerSecond = figureOf(rowsOf(arm));
    const mostHeld = figureOf(measurements.series(kind, arm, (reply) => reply.mostHeld));
    const growthBytes = figureOf(measurements.series(kind, arm, (reply) => reply.growthBytes));
    if (rowsPerSecond === undefined || mostHeld === undefined || growthBytes === undefined) {
      return [];
    }
    return [{ arm, rowsPerSecond, mostHeld, growthBytes }];
  });
  const others = ARM_NAMES.filter((arm) => arm !== 'millrace');
  const best = bestOf(
    others.map((arm) => [arm, rowsOf(arm)] as const),
    'more',
  );
  const ratio = best && figureOf(ratiosWithin(rowsOf('millrace'), rowsOf(best)));
  return { kind: kind.name, arms, ...(best && ratio && { toBest: { arm: best, ratio } }) };
}
