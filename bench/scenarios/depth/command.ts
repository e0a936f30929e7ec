/**
 * `millrace bench depth`: whether anything depends on how deep the backlog is. Submits, cancels and
 * runs jobs with a short backlog and with one of a million jobs.
 *
 * Method: one fresh process a round; the figure of a round is the mean over a sample of calls, the
 * figure shown the median of the rounds, with their range beside it.
 */
import { type ComparisonSettings, comparisonSettings, jsonTarget } from '../../comparison.js';
import { readEnvironment } from '../../environment.js';
import { numberFlag } from '../../flags.js';
import { measureFresh } from '../../fresh-process.js';
import { writeJson } from '../../json-file.js';
import { checkComplete, measureRounds } from '../../rounds.js';
import type { Scenario, Surroundings } from '../../scenario.js';
import { spreadOf } from '../../series.js';
import { median } from '../../statistics.js';
import { formatCount } from '../../terminal/format.js';
import { spreadRows } from '../../terminal/spread.js';
import { drawTable } from '../../terminal/table.js';
import type { Costs, DepthReply, DepthRequest } from './program.js';

const PROGRAM = new URL('./program.js', import.meta.url);
const DEFAULT_DEPTH = 1_000_000;
const DEFAULT_ROUNDS = 3;
/** Calls that are timed; a shallow backlog holds twice as many. */
const SAMPLE = 20_000;
const ROUND_SECONDS = 8;

/** A million jobs in the backlog. */
export const depth: Scenario = {
  name: 'depth',
  summary: 'what a submission, a cancellation and a job cost with a million jobs in the backlog',
  options: [
    ['--jobs N', `how deep (${formatCount(DEFAULT_DEPTH)})`],
    ['--rounds N', `how often it is measured (${DEFAULT_ROUNDS})`],
    ['--json FILE', 'write the result with every round'],
  ],
  flags: { jobs: 'text', rounds: 'text', json: 'text' },
  async run(flags, surroundings) {
    const range = { min: 2 * SAMPLE, max: 4_000_000, isWhole: true };
    const jobs = numberFlag(flags, 'jobs', range) ?? DEFAULT_DEPTH;
    const settings = comparisonSettings(flags, DEFAULT_ROUNDS);
    const jsonFile = jsonTarget(flags);
    const environment = readEnvironment();
    const { replies, failures } = await measureDepth(jobs, settings, surroundings);
    surroundings.screen.write(`${report(jobs, replies, surroundings).join('\n')}\n`);
    const result = {
      schema: 'millrace-bench/1',
      scenario: 'depth',
      environment,
      settings: { jobs, sample: SAMPLE },
      rounds: replies.map(({ shallow, deep, longestPauseMs, bytesPerJob }) => ({
        shallow,
        deep,
        longestPauseMs,
        bytesPerJob,
      })),
    };
    if (jsonFile !== undefined) writeJson(jsonFile, result);
    checkComplete({ failures });
  },
};

/** The replies, one a round. */
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

function report(jobs: number, replies: readonly DepthReply[], { paint }: Surroundings): string[] {
  const rows = (what: string, cost: keyof Costs): string[][] =>
    spreadRows(
      what,
      [
        spreadOf(replies.map(({ shallow }) => shallow[cost])),
        spreadOf(replies.map(({ deep }) => deep[cost])),
      ],
      (us) => us.toFixed(2),
      paint,
    );
  const table = {
    head: ['microseconds', `${formatCount(2 * SAMPLE)} deep`, `${formatCount(jobs)} deep`],
    rows: [
      ...rows('submit', 'submitUs'),
      ...rows('cancel', 'cancelUs'),
      ...rows('run, on the main thread', 'dispatchUs'),
    ],
  };
  const bytes = median(replies.map(({ bytesPerJob }) => bytesPerJob));
  const pauseMs = median(replies.map(({ longestPauseMs }) => longestPauseMs));
  return [
    '',
    ...drawTable(table, paint),
    '',
    `A job in the backlog took ${bytes?.toFixed(0) ?? '-'} bytes; the longest pause of the`,
    `garbage collector was ${pauseMs?.toFixed(1) ?? '-'} ms.`,
  ];
}
