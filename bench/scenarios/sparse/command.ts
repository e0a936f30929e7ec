/**
 * `millrace bench sparse`: what one job costs that comes alone, when nothing is warm in the caches
 * and every thread has gone to sleep.
 *
 * Method: each arm in a fresh process, the arms interleaved in shuffled rounds; the figure of a round
 * is its median latency, the figure of an arm the median of its rounds, with their range beside it.
 * Ratios are taken within a round, so that a drift of the machine cancels out.
 */
import { Child } from '../../child.js';
import { type Flags, numberFlag, textFlag } from '../../flags.js';
import { checkWritable, writeJson } from '../../json-file.js';
import { type Environment, readEnvironment } from '../../environment.js';
import { randomFrom, shuffled } from '../../random.js';
import type { Scenario, Surroundings } from '../../scenario.js';
import { median } from '../../statistics.js';
import { formatDuration } from '../../terminal/format.js';
import { Progress } from '../../terminal/progress.js';
import { drawTable } from '../../terminal/table.js';
import { SPARSE_ARMS, type SparseArm } from './arms.js';
import type { SparseReply, SparseRequest } from './program.js';

const PROGRAM = new URL('./program.js', import.meta.url);
const DEFAULT_ROUNDS = 5;
const DEFAULT_JOBS = 60;
const INTERVAL_MS = 50;
/** Enough that the code of every arm is compiled, as it is in a service that has run for a minute. */
const WARM_UP_JOBS = 2000;
const THREADS = 2;

/** The median latency of each arm in each round, in milliseconds. */
type Rounds = Record<SparseArm, number[]>;

/** One job every 50 ms. */
export const sparse: Scenario = {
  name: 'sparse',
  summary: 'one job every 50 ms: the latency of a job that comes alone',
  options: [
    ['--rounds N', `how often each arm is measured (${DEFAULT_ROUNDS})`],
    ['--jobs N', `jobs of each measurement (${DEFAULT_JOBS})`],
    ['--seed N', 'orders the arms (1)'],
    ['--json FILE', 'write the result'],
  ],
  flags: { rounds: 'text', jobs: 'text', seed: 'text', json: 'text' },
  async run(flags, surroundings) {
    const jsonFile = textFlag(flags, 'json');
    if (jsonFile !== undefined) checkWritable('json', jsonFile);
    const environment = readEnvironment();
    const rounds = await measureRounds(flags, surroundings);
    surroundings.screen.write(`${report(rounds, surroundings).join('\n')}\n`);
    if (jsonFile !== undefined) writeJson(jsonFile, result(environment, rounds));
  },
};

async function measureRounds(
  flags: Flags,
  { screen, paint, signal }: Surroundings,
): Promise<Rounds> {
  const count = numberFlag(flags, 'rounds', { min: 1, max: 1000, isWhole: true }) ?? DEFAULT_ROUNDS;
  const jobs = numberFlag(flags, 'jobs', { min: 1, max: 100_000, isWhole: true }) ?? DEFAULT_JOBS;
  const seed = numberFlag(flags, 'seed', { min: 0, max: 2 ** 32 - 1, isWhole: true }) ?? 1;
  const random = randomFrom(seed);
  const progress = new Progress(screen, paint);
  const rounds: Rounds = { millrace: [], piscina: [], postMessage: [] };
  const roundSeconds = (SPARSE_ARMS.length * (jobs * (INTERVAL_MS + 1) + 500)) / 1000;
  try {
    for (let round = 1; round <= count && !signal.aborted; round += 1) {
      progress.begin(`Round ${round} of ${count}`, roundSeconds, roundSeconds * (count - round));
      for (const arm of shuffled(SPARSE_ARMS, random)) {
        if (signal.aborted) break;
        const ms = await measureArm(arm, jobs, signal);
        if (ms !== undefined) rounds[arm].push(ms);
      }
    }
  } finally {
    progress.stop();
  }
  return rounds;
}

async function measureArm(
  arm: SparseArm,
  jobs: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const child = new Child<SparseRequest, SparseReply>(`process of the ${arm} arm`, PROGRAM);
  const stop = (): void => void child.kill();
  signal.addEventListener('abort', stop);
  try {
    const measured = child.receive('measured');
    child.send({
      kind: 'measure',
      arm,
      threads: THREADS,
      jobs,
      warmUpJobs: WARM_UP_JOBS,
      intervalMs: INTERVAL_MS,
    });
    return (await measured).latencies.p50;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await child.kill();
  }
}

/** The ratios of an arm to Piscina, round by round. */
function ratios(rounds: Rounds, arm: SparseArm): number[] {
  return rounds[arm].flatMap((ms, round) => {
    const peer = rounds.piscina[round];
    return peer === undefined ? [] : [ms / peer];
  });
}

function report(rounds: Rounds, { paint }: Surroundings): string[] {
  const rows = SPARSE_ARMS.map((arm) => [
    arm,
    spread(rounds[arm], formatDuration),
    spread(ratios(rounds, arm), (ratio) => ratio.toFixed(2)),
  ]);
  return [
    '',
    `One job every ${INTERVAL_MS} ms on ${THREADS} threads: median latency, in (least to most) of the rounds.`,
    '',
    ...drawTable({ head: ['arm', 'latency', '÷ piscina'], rows }, paint),
  ];
}

function spread(values: readonly number[], format: (value: number) => string): string {
  const middle = median(values);
  if (middle === undefined) return '-';
  return `${format(middle)} (${format(Math.min(...values))} to ${format(Math.max(...values))})`;
}

function result(environment: Environment, rounds: Rounds): object {
  return {
    schema: 'millrace-bench/1',
    scenario: 'sparse',
    environment,
    settings: { intervalMs: INTERVAL_MS, threads: THREADS, warmUpJobs: WARM_UP_JOBS },
    medianMs: rounds,
  };
}
