/**
 * `millrace bench depth`: whether anything depends on how deep the backlog is. Submits, cancels and
 * runs jobs with a short backlog and with one of a million jobs.
 *
 * Method: one fresh process a round; the figure of a round is the mean over a sample of calls, the
 * figure shown the median of the rounds, with their range beside it.
 */
import { comparisonSettings, jsonTarget } from '../../comparison.js';
import { readEnvironment } from '../../environment.js';
import { numberFlag } from '../../flags.js';
import { measureFresh } from '../../fresh-process.js';
import { writeJson } from '../../json-file.js';
import type { Scenario, Surroundings } from '../../scenario.js';
import { median } from '../../statistics.js';
import { formatCount } from '../../terminal/format.js';
import { Progress } from '../../terminal/progress.js';
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
    const { rounds: count } = comparisonSettings(flags, DEFAULT_ROUNDS);
    const jsonFile = jsonTarget(flags);
    const environment = readEnvironment();
    const rounds = await measureRounds(jobs, count, surroundings);
    surroundings.screen.write(`${report(jobs, rounds, surroundings).join('\n')}\n`);
    if (jsonFile === undefined) return;
    writeJson(jsonFile, {
      schema: 'millrace-bench/1',
      scenario: 'depth',
      environment,
      settings: { jobs, sample: SAMPLE },
      rounds: rounds.map(({ shallow, deep, longestPauseMs, bytesPerJob }) => ({
        shallow,
        deep,
        longestPauseMs,
        bytesPerJob,
      })),
    });
  },
};

async function measureRounds(
  jobs: number,
  count: number,
  { screen, paint, signal }: Surroundings,
): Promise<DepthReply[]> {
  const progress = new Progress(screen, paint);
  const rounds: DepthReply[] = [];
  try {
    for (let round = 1; round <= count && !signal.aborted; round += 1) {
      progress.begin(`Round ${round} of ${count}`, ROUND_SECONDS, ROUND_SECONDS * (count - round));
      const request: DepthRequest = { kind: 'measure', depth: jobs, sample: SAMPLE };
      rounds.push(await measureFresh<DepthReply>(PROGRAM, request, { limitMs: 120_000, signal }));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    progress.stop();
  }
  return rounds;
}

function report(jobs: number, rounds: readonly DepthReply[], { paint }: Surroundings): string[] {
  const row = (what: string, cost: keyof Costs): string[] => [
    what,
    spread(rounds.map(({ shallow }) => shallow[cost])),
    spread(rounds.map(({ deep }) => deep[cost])),
  ];
  const head = ['microseconds', `${formatCount(2 * SAMPLE)} deep`, `${formatCount(jobs)} deep`];
  const rows = [
    row('submit', 'submitUs'),
    row('cancel', 'cancelUs'),
    row('run, on the main thread', 'dispatchUs'),
  ];
  return [
    '',
    ...drawTable({ head, rows }, paint),
    '',
    `A job in the backlog took ${figure(
      rounds.map(({ bytesPerJob }) => bytesPerJob),
      0,
    )} bytes; the longest pause of the`,
    `garbage collector was ${figure(
      rounds.map(({ longestPauseMs }) => longestPauseMs),
      1,
    )} ms.`,
  ];
}

function spread(values: readonly number[]): string {
  const middle = median(values);
  if (middle === undefined) return '-';
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${middle.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

function figure(values: readonly number[], digits: number): string {
  return (median(values) ?? 0).toFixed(digits);
}
