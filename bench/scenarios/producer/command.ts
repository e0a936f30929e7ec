/**
 * `millrace bench producer`: whether a producer that awaits `submit` is held back, so that a million
 * jobs pass through a process whose memory stays flat.
 */
import { Child } from '../../child.js';
import { readEnvironment } from '../../environment.js';
import { numberFlag, textFlag } from '../../flags.js';
import { checkWritable, writeJson } from '../../json-file.js';
import type { Scenario, Surroundings } from '../../scenario.js';
import { formatCount, formatMegabytes, formatSeconds } from '../../terminal/format.js';
import { Progress } from '../../terminal/progress.js';
import type { ProducerReply, ProducerRequest } from './program.js';

const PROGRAM = new URL('./program.js', import.meta.url);
const DEFAULT_JOBS = 1_000_000;
const JOB_BYTES = 1024;
const WARM_UP_JOBS = 10_000;
const THREADS = 2;
/** For the time left, until it is known. */
const EXPECTED_JOBS_PER_SECOND = 40_000;

/** One producer, a million jobs. */
export const producer: Scenario = {
  name: 'producer',
  summary: 'a million awaited submissions of 1 KB: the memory of a producer that is held back',
  options: [
    ['--jobs N', `how many (${formatCount(DEFAULT_JOBS)})`],
    ['--json FILE', 'write the result'],
  ],
  flags: { jobs: 'text', json: 'text' },
  async run(flags, surroundings) {
    const jobs = numberFlag(flags, 'jobs', { min: 1, max: 1e9, isWhole: true }) ?? DEFAULT_JOBS;
    const jsonFile = textFlag(flags, 'json');
    if (jsonFile !== undefined) checkWritable('json', jsonFile);
    const environment = readEnvironment();
    const reply = await produce(jobs, surroundings);
    if (reply === undefined) return;
    const { baseRssBytes, peakRssBytes, seconds } = reply;
    surroundings.screen.write(
      `${formatCount(reply.jobs)} jobs of ${JOB_BYTES} bytes in ${formatSeconds(seconds)}. Memory (RSS) after the first ` +
        `${formatCount(WARM_UP_JOBS)} jobs: ${formatMegabytes(baseRssBytes)};\n` +
        `at most ${formatMegabytes(peakRssBytes)} from there on, ${formatMegabytes(peakRssBytes - baseRssBytes)} more.\n`,
    );
    if (jsonFile === undefined) return;
    writeJson(jsonFile, {
      schema: 'millrace-bench/1',
      scenario: 'producer',
      environment,
      settings: { jobs, jobBytes: JOB_BYTES, warmUpJobs: WARM_UP_JOBS, threads: THREADS },
      baseRssBytes,
      peakRssBytes,
      seconds,
    });
  },
};

/** The last reply; undefined where it was interrupted before the first. */
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
