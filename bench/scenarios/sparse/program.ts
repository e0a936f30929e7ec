/**
 * One arm in one process: warms up, then runs one job (or one burst of jobs) at a time, with a pause
 * before each.
 *
 * Invariant: a job or burst is submitted only when the one before has been answered, so that nothing
 * queues but what comes at the same instant.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Message, serveParent, tellParent } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';
import { Latencies, type LatencySummary } from '../../load/latencies.js';
import { PEERS, type PeerName } from '../../peers/index.js';

/** What the process is told. */
export interface SparseRequest extends Message {
  readonly kind: 'measure';
  readonly peer: PeerName;
  readonly threads: number;
  /** Jobs that come at the same instant; 1 for single jobs. */
  readonly burst: number;
  /** How often. */
  readonly repeats: number;
  readonly everyMs: number;
}

/** What it answers. */
export interface SparseReply extends Measured {
  /** Of each job, from the instant at which it, or its burst, was due. */
  readonly latencies: LatencySummary;
  /** Until the last job of a burst was answered. */
  readonly done: LatencySummary;
}

/**
 * Enough that the code of every arm is compiled, as it is in a service that has run for a quarter of an
 * hour. After 2,000 jobs much is interpreted: Piscina takes 10 to 15 % longer, this pool a quarter (docs/design.md).
 */
const WARM_UP_JOBS = 20_000;

serveParent<SparseRequest>((request) => void measure(request));

async function measure(request: SparseRequest): Promise<void> {
  const { peer, threads, burst, repeats, everyMs } = request;
  // Jobs of equal length: being sent ahead costs no job anything, and helps a burst.
  const options = { threads, job: 'noop', inFlight: burst, favour: 'throughput' } as const;
  const { run } = await PEERS[peer].start(options);
  // Nothing beside `run` and `then` between the clock and the thread: it would be cold, too, and count.
  const runBurst = (ended: (startMs: number) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      let left = burst;
      const end = (): void => {
        ended(startMs);
        left -= 1;
        if (left === 0) resolve();
      };
      const startMs = performance.now();
      for (let job = 0; job < burst; job += 1) run(job).then(end, reject);
    });
  for (let jobs = 0; jobs < WARM_UP_JOBS; jobs += burst) await runBurst(() => {});
  const [latencies, done] = [new Latencies(), new Latencies()];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    await pause(everyMs);
    let lastUs = 0;
    await runBurst((startMs) => {
      lastUs = (performance.now() - startMs) * 1000;
      latencies.record(lastUs);
    });
    done.record(lastUs);
  }
  const reply: SparseReply = {
    kind: 'measured',
    latencies: latencies.summary(),
    done: done.summary(),
  };
  tellParent(reply);
}
