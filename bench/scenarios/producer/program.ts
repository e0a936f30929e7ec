/**
 * Produces jobs in a process of its own: one loop awaits `submit` for each job, and samples the process's
 * memory.
 *
 * Invariant: the loop has only one submission pending; all other jobs are held by the pool.
 */
import { builtFile } from '../../process/built-file.js';
import { type Message, serveParent, tellParent } from '../../process/child.js';
import { Pool } from '../../../src/index.js';

/** The request that the process receives. */
export interface ProducerRequest extends Message {
  readonly kind: 'produce';
  readonly jobs: number;
  readonly jobBytes: number;
  readonly warmUpJobs: number;
  readonly threads: number;
}

/** Progress, every quarter of a second, and the final report. */
export interface ProducerReply extends Message {
  readonly kind: 'progress' | 'produced';
  readonly jobs: number;
  readonly rssBytes: number;
  /** RSS after `ready()` and the first jobs. */
  readonly baseRssBytes: number;
  readonly peakRssBytes: number;
  readonly seconds: number;
}

const SAMPLE_MS = 250;

serveParent<ProducerRequest>((request) => void produce(request));

async function produce({ jobs, jobBytes, warmUpJobs, threads }: ProducerRequest): Promise<void> {
  type Jobs = typeof import('../../jobs/payload.js');
  const module = builtFile('bench/jobs/payload.js');
  const pool = new Pool<Jobs>(module, { threads });
  await pool.ready();
  const submit = async (count: number, done: (index: number) => void): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      await pool.submit('echo', Buffer.alloc(jobBytes, index));
      done(index);
    }
  };
  await submit(warmUpJobs, () => {});
  const baseRssBytes = process.memoryUsage.rss();
  const startMs = performance.now();
  let peakRssBytes = baseRssBytes;
  let nextSampleMs = startMs;
  const tell = (kind: ProducerReply['kind'], done: number): void => {
    const rssBytes = process.memoryUsage.rss();
    peakRssBytes = Math.max(peakRssBytes, rssBytes);
    const seconds = (performance.now() - startMs) / 1000;
    tellParent({
      kind,
      jobs: done,
      rssBytes,
      baseRssBytes,
      peakRssBytes,
      seconds,
    } as ProducerReply);
  };
  await submit(jobs, (index) => {
    if (index % 64 !== 0 || performance.now() < nextSampleMs) return;
    nextSampleMs += SAMPLE_MS;
    tell('progress', index);
  });
  await pool.close();
  tell('produced', jobs);
}
