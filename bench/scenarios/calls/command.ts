/**
 * Runs `millrace bench calls`: measures what each call of the pool costs its caller.
 *
 * Method: tinybench in one fresh process per round; a sample is a block of calls, the value of a round is the
 * median of its samples, the reported value the median of the rounds.
 */
import { type ComparisonSettings, DEFAULT_SEED, roundsOption } from '../../harness/options.js';
import { builtFile } from '../../process/built-file.js';
import { type Document, named, spreadRow, text } from '../../report/document.js';
import { type Figure, figureOf } from '../../harness/figures.js';
import { readOptions } from '../../options/flags.js';
import { optionTable } from '../../options/table.js';
import { measureFresh } from '../../process/fresh-process.js';
import { describeLimits } from '../../harness/limits.js';
import { formatList } from '../../report/format.js';
import { measureRounds } from '../../harness/rounds.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { type Call, CALLS, type CallsReply, type CallsRequest } from './calls.js';

const PROGRAM = builtFile('bench/scenarios/calls/program.js');
/** Overhead of a measurement: starting and ending the process and its threads. */
const START_MS = 500;
const GRACE_MS = 30_000;
const US_PER_MS = 1000;

const OPTIONS = optionTable({
  rounds: roundsOption(5, 'number of rounds'),
  'time-ms': {
    kind: 'number',
    min: 1,
    max: 60_000,
    default: 300,
    meaning: 'measuring time of each call',
  },
});

/** The calls that the first sentence of the report mentions. */
const ANSWERS: ReadonlyArray<readonly [call: Call, where: string]> = [
  ['trySubmit, refused', 'if it is refused'],
  ['trySubmit and cancel', 'if it submits a job and cancels it'],
  ['run, one after the other', 'if it awaits a job on an idle thread'],
];

interface CallsSettings extends Pick<ComparisonSettings, 'rounds' | 'seed'> {
  /** Time for each call. */
  readonly timeMs: number;
}

interface CallsResult extends ScenarioResult {
  readonly settings: CallsSettings;
  readonly calls: ReadonlyArray<{ readonly call: Call; readonly ms: Figure }>;
}

/** The scenario that times the pool's calls. */
export const calls: Scenario<CallsSettings, CallsResult> = {
  name: 'calls',
  summary: 'what a refusal, a submission, a cancellation and a snapshot cost the caller',
  options: OPTIONS,
  settings(flags) {
    const { rounds, 'time-ms': timeMs } = readOptions(flags, OPTIONS);
    return { rounds, seed: DEFAULT_SEED, timeMs };
  },
  measure: measureCalls,
  describe: describeCalls,
  figures: (result) => result.calls.map(({ call, ms }) => named(ms, call, 'milliseconds', 'less')),
};

async function measureCalls(
  settings: CallsSettings,
  surroundings: Surroundings,
): Promise<CallsResult> {
  const startedAt = new Date().toISOString();
  const { timeMs } = settings;
  const totalMs = START_MS + 1.5 * timeMs * CALLS.length;
  const request: CallsRequest = { kind: 'measure', timeMs };
  const point = 'calls';
  const measurements = await measureRounds<typeof point, 'millrace', CallsReply>(
    {
      ...settings,
      points: [point],
      arms: ['millrace'],
      secondsEach: totalMs / 1000,
      describe: () => `${CALLS.length} calls`,
      measure: () =>
        measureFresh(PROGRAM, request, {
          limitMs: totalMs + GRACE_MS,
          signal: surroundings.signal,
        }),
    },
    surroundings,
  );
  return {
    scenario: 'calls',
    startedAt,
    isInterrupted: measurements.isInterrupted,
    settings,
    failures: measurements.failures,
    calls: CALLS.flatMap((call) => {
      const series = measurements.series(
        point,
        'millrace',
        (reply) => reply.calls.find((each) => each.call === call)?.ms ?? 0,
      );
      const ms = figureOf(series);
      return ms === undefined ? [] : [{ call, ms }];
    }),
  };
}

function describeCalls(result: CallsResult): Document {
  const title = 'Calls: what they cost the caller';
  const spreads = result.calls.map(({ ms }) => ms);
  const limits = describeLimits(spreads, result).map((line) => text(line));
  if (result.calls.length === 0) return { title, blocks: limits };
  return {
    title,
    blocks: [
      text(conclude(result), 'point'),
      ...limits,
      text('What each call costs: medians of the rounds, with min–max below them.'),
      {
        kind: 'table',
        head: ['call', 'cost (µs)'],
        rows: result.calls.map(({ call, ms }) => spreadRow(call, [ms], formatUs)),
      },
      text(
        "In blocks of 200, timed by tinybench. 'One after the other' is the round trip of a no-op on an idle " +
          'thread, awaited each time; all others never leave the main thread.',
        'faint',
      ),
    ],
  };
}

/** Formats 'A call costs its caller 0.043 µs if it is refused, …'. */
function conclude(result: CallsResult): string {
  const costs = ANSWERS.flatMap(([name, where]) => {
    const found = result.calls.find(({ call }) => call === name);
    return found === undefined ? [] : [`${formatUs(found.ms.median)} µs ${where}`];
  });
  return `A call costs its caller ${formatList(costs)}.`;
}

function formatUs(ms: number): string {
  return (ms * US_PER_MS).toFixed(3);
}
