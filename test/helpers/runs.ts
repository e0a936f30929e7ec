/** Makes complete runs as `--json` writes them, for tests of the code that reads such files. */
import { type BenchFile, type FileResult, SCHEMA } from '../../bench/report/bench-file.js';
import type { NamedFigure, Unit } from '../../bench/report/document.js';
import { figureOf } from '../../bench/harness/figures.js';

/** A figure with these rounds. */
export function figure(
  name: string,
  rounds: readonly number[],
  unit: Unit = 'perSecond',
  better?: 'more' | 'less',
): NamedFigure {
  const spread = figureOf(new Map(rounds.entries()));
  if (spread === undefined) throw new Error('A figure needs a round.');
  return { ...spread, name, unit, ...(better && { better }) };
}

/** A result of a scenario. */
export function result(
  scenario: string,
  figures: readonly NamedFigure[],
  changes: object = {},
): FileResult {
  return {
    scenario,
    startedAt: '2026-01-02T03:04:05.678Z',
    isInterrupted: false,
    settings: { rounds: 3, seed: 1 },
    failures: [],
    figures,
    ...changes,
  };
}

/** A run on an idle machine. */
export function run(
  results: readonly FileResult[],
  environment: Partial<BenchFile['environment']> = {},
): BenchFile {
  return {
    schema: SCHEMA,
    command: 'millrace bench overhead --rounds 3',
    startedAt: '2026-01-02T03:04:05.678Z',
    environment: {
      millrace: '0.1.0',
      piscina: '5.3.2',
      node: 'v20.19.0',
      platform: 'linux x64',
      kernel: '6.1.0',
      cpu: 'A processor',
      processors: 2,
      memoryBytes: 8 * 1024 ** 3,
      loadAverage: 0.1,
      ...environment,
    },
    results,
  };
}
