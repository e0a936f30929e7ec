/**
 * Runs `millrace bench producer`: measures whether awaiting `submit` throttles a producer, so that a million
 * jobs pass through a process whose memory stays flat.
 */
import { builtFile } from '../../process/built-file.js';
import { Child } from '../../process/child.js';
import { oneFigure, text } from '../../report/document.js';
import { readOptions } from '../../options/flags.js';
import { optionTable } from '../../options/table.js';
import { INTERRUPTED } from '../../harness/limits.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { formatCount, formatMegabytes, formatSeconds } from '../../report/format.js';
import { Progress } from '../../report/terminal/progress.js';
import type { ProducerReply, ProducerRequest } from './program.js';

const PROGRAM = builtFile('bench/scenarios/producer/program.js');
const DEFAULT_JOBS = 1_000_000;
const JOB_BYTES = 1024;
const WARM_UP_JOBS = 10_000;
const THREADS = 2;
/** Estimate for the remaining time, until the rate is known. */
const EXPECTED_JOBS_PER_SECOND = 40_000;

const OPTIONS = optionTable({
  jobs: {
    kind: 'number',
    min: 1,
    max: 1e9,
    isWhole: true,
    default: DEFAULT_JOBS,
    shownDefault: formatCount(DEFAULT_JOBS),
    meaning: 'number of submissions',
  },
});

interface ProducerSettings {
  readonly jobs: number;
}

/** The result; without `produced` if the run was interrupted before the producer's first report. */
interface ProducerResult extends ScenarioResult {
  readonly settings: ProducerSettings & {
    readonly jobBytes: number;
    readonly warmUpJobs: number;
    readonly threads: number;
  };
  readonly produced?: ProducerReply;
}

/** The scenario with one producer and a million jobs. */
export const producer: Scenario<ProducerSettings, ProducerResult> = {
  name: 'producer',
  summary: 'a million awaited submissions of 1 KB: the memory of a producer under backpressure',
  options: OPTIONS,
  settings: (flags) => ({ jobs: readOptions(flags, OPTIONS).jobs }),
  async measure({ jobs }, surroundings) {
    const startedAt = new Date().toISOString();
    const reply = await produce(jobs, surroundings);
    return {
      scenario: 'producer',
      startedAt,
      isInterrupted: surroundings.signal.aborted,
      settings: { jobs, jobBytes: JOB_BYTES, warmUpJobs: WARM_UP_JOBS, threads: THREADS },
      failures: [],
      ...(reply && { produced: reply }),
    };
  },
  describe({ produced, isInterrupted }) {
    const title = 'Producer: a million awaited submissions';
    const limits = isInterrupted ? [text(INTERRUPTED)] : [];
    if (produced === undefined) return { title, blocks: limits };
    const { jobs, baseRssBytes, peakRssBytes, seconds } = produced;
    return {
      title,
      blocks: [
        ...limits,
        text(
          `${formatCount(jobs)} jobs of ${JOB_BYTES} bytes in ${formatSeconds(seconds)}. Memory (RSS) after the first ` +
            `${formatCount(WARM_UP_JOBS)} jobs: ${formatMegabytes(baseRssBytes)}; peak after that ` +
            `${formatMegabytes(peakRssBytes)}, ${formatMegabytes(peakRssBytes - baseRssBytes)} more.`,
        ),
      ],
    };
  },
  figures({ produced }) {
    if (produced === undefined) return [];
    const { jobs, seconds, baseRssBytes, peakRssBytes } = produced;
    return [
      oneFigure('jobs per second', jobs / seconds, 'perSecond', 'more'),
      oneFigure('growth of the RSS', peakRssBytes - baseRssBytes, 'bytes', 'less'),
    ];
  },
};

/** Returns the last reply; undefined if the run was interrupted before the first. */
async function produce(
  jobs: number,
  { screen, paint, signal }: Surroundings,
): Promise<ProducerReply | undefined> {
  const progress = new Progress(screen, paint);
  let last: ProducerReply | undefined;
  const child = new Child<ProducerRequest, ProducerReply>('producer', PROGRAM, (reply) => {
    last = reply;
    progress.update(`${formatCount(reply.jobs)} jobs, ${formatMegabytes(reply.rssBytes)}`);
  });
  const stop = (): void => void child.kill();
  signal.addEventListener('abort', stop);
  try {
    progress.begin('Producing', jobs / EXPECTED_JOBS_PER_SECOND, 0);
    const produced = child.receive('produced');
    child.send({
      kind: 'produce',
      jobs,
      jobBytes: JOB_BYTES,
      warmUpJobs: WARM_UP_JOBS,
      threads: THREADS,
    });
    await produced;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    progress.stop();
    await child.kill();
  }
  return last;
}
