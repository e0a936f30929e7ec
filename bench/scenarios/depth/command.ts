/**
 * Runs `millrace bench depth`: measures whether costs depend on the depth of the backlog. Submits, cancels and
 * runs jobs with a shallow backlog and with one of a million jobs.
 *
 * Method: one fresh process per round; the value of a round is the mean over a sample of calls, the reported
 * value the median of the rounds, with their range.
 */
import {
  type ComparisonSettings,
  DEFAULT_SEED,
  DEFAULT_THREADS,
  roundsOption,
} from '../../harness/options.js';
import { builtFile } from '../../process/built-file.js';
import { type Document, type NamedFigure, spreadRow, text } from '../../report/document.js';
import { figureOf } from '../../harness/figures.js';
import { readOptions } from '../../options/flags.js';
import { optionTable } from '../../options/table.js';
import { measureFresh } from '../../process/fresh-process.js';
import { describeLimits } from '../../harness/limits.js';
import { measureRounds } from '../../harness/rounds.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { spreadOf } from '../../math/series.js';
import { median } from '../../math/statistics.js';
import { formatCount, formatFigure, formatList } from '../../report/format.js';
import type { Costs, DepthReply, DepthRequest } from './program.js';

const PROGRAM = builtFile('bench/scenarios/depth/program.js');
const DEFAULT_DEPTH = 1_000_000;
/** Number of timed calls; the shallow backlog holds twice as many jobs. */
const SAMPLE = 20_000;
const ROUND_SECONDS = 8;

const OPTIONS = optionTable({
  jobs: {
    kind: 'number',
    min: 2 * SAMPLE,
    max: 4_000_000,
    isWhole: true,
    default: DEFAULT_DEPTH,
    shownDefault: formatCount(DEFAULT_DEPTH),
    meaning: 'jobs in the backlog',
  },
  rounds: roundsOption(3, 'number of rounds'),
});

interface DepthSettings extends ComparisonSettings {
  readonly jobs: number;
}

interface DepthResult extends ScenarioResult {
  readonly settings: DepthSettings & { readonly sample: number };
  readonly rounds: readonly DepthReply[];
}

/** The costs: row of the table, property, and name in the first sentence. */
const COSTS = [
  ['submit', 'submitUs', 'a submission'],
  ['cancel', 'cancelUs', 'a cancellation'],
  ['run, on the main thread', 'dispatchUs', "a job's dispatch"],
] as const satisfies ReadonlyArray<readonly [string, keyof Costs, string]>;

/** The scenario with a million jobs in the backlog. */
export const depth: Scenario<DepthSettings, DepthResult> = {
  name: 'depth',
  summary: 'what a submission, a cancellation and a job cost with a million jobs in the backlog',
  options: OPTIONS,
  settings(flags) {
    const { jobs, rounds } = readOptions(flags, OPTIONS);
    return { rounds, threads: DEFAULT_THREADS, seed: DEFAULT_SEED, jobs };
  },
  async measure(settings, surroundings) {
    const startedAt = new Date().toISOString();
    const { replies, failures } = await measureDepth(settings.jobs, settings, surroundings);
    return {
      scenario: 'depth',
      startedAt,
      isInterrupted: surroundings.signal.aborted,
      settings: { ...settings, sample: SAMPLE },
      failures,
      rounds: replies,
    };
  },
  describe: describeDepth,
  figures: ({ rounds }) =>
    (['shallow', 'deep'] as const).flatMap((which) =>
      COSTS.flatMap(([what, cost]): NamedFigure[] => {
        const series = new Map(rounds.map((round, at) => [at, round[which][cost] / 1000]));
        const figure = figureOf(series);
        return figure === undefined
          ? []
          : [{ ...figure, name: `${what}, ${which}`, unit: 'milliseconds', better: 'less' }];
      }),
    ),
};

/** Runs all rounds; returns one reply per round. */
async function measureDepth(
  jobs: number,
  settings: ComparisonSettings,
  surroundings: Surroundings,
): Promise<{ readonly replies: readonly DepthReply[]; readonly failures: readonly string[] }> {
  const request: DepthRequest = { kind: 'measure', depth: jobs, sample: SAMPLE };
  const limits = { limitMs: 120_000, signal: surroundings.signal };
  const replies: DepthReply[] = [];
  const { failures } = await measureRounds(
    {
      ...settings,
      points: [jobs],
      arms: ['millrace'],
      secondsEach: ROUND_SECONDS,
      describe: () => `${formatCount(jobs)} jobs`,
      measure: async () => {
        const reply = await measureFresh<DepthReply>(PROGRAM, request, limits);
        replies.push(reply);
        return reply;
      },
    },
    surroundings,
  );
  return { replies, failures };
}

function describeDepth(result: DepthResult): Document {
  const { rounds } = result;
  const { jobs } = result.settings;
  const title = 'Depth: a backlog of a million jobs';
  // Costs of microseconds differ between rounds on every machine: their ranges are in the table.
  const limits = describeLimits([], result).map((line) => text(line));
  if (rounds.length === 0) return { title, blocks: limits };
  const rows = COSTS.map(([what, cost]) =>
    spreadRow(
      what,
      [
        spreadOf(rounds.map(({ shallow }) => shallow[cost])),
        spreadOf(rounds.map(({ deep }) => deep[cost])),
      ],
      (us) => us.toFixed(2),
    ),
  );
  const bytes = median(rounds.map(({ bytesPerJob }) => bytesPerJob));
  const pauseMs = median(rounds.map(({ longestPauseMs }) => longestPauseMs));
  return {
    title,
    blocks: [
      text(conclude(rounds, jobs), 'point'),
      ...limits,
      {
        kind: 'table',
        groups: [{ title: 'cost (µs) in a backlog of', columns: 2 }],
        head: ['call', `${formatCount(2 * SAMPLE)} jobs`, `${formatCount(jobs)} jobs`],
        rows,
      },
      text(
        `A job in the backlog took ${bytes?.toFixed(0) ?? '-'} bytes; the longest pause of the garbage ` +
          `collector was ${pauseMs?.toFixed(1) ?? '-'} ms.`,
      ),
    ],
  };
}

/** Formats 'With 1.00 M jobs in the backlog calls take, compared with 40,000: 0.97 times for a submission, …'. */
function conclude(rounds: readonly DepthReply[], jobs: number): string {
  const costs = COSTS.map(([, cost, name]) => {
    const ratio = median(rounds.map(({ shallow, deep }) => deep[cost] / shallow[cost])) ?? NaN;
    return `${formatFigure(ratio)} times for ${name}`;
  });
  const count = rounds.length === 1 ? 'one round' : `medians of ${rounds.length} rounds`;
  return (
    `With ${formatCount(jobs)} jobs in the backlog calls take, compared with ${formatCount(2 * SAMPLE)}: ` +
    `${formatList(costs)} (${count}).`
  );
}
