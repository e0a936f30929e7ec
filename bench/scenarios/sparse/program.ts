/**
 * Measures one variant in a process of its own: warms up, then runs one job (or one burst of jobs) at a time,
 * after a pause.
 *
 * Invariant: a job or burst is submitted only after the previous one has ended, so that only jobs of the same
 * burst queue.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Message, serveParent, tellParent } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';
import { Latencies, type LatencySummary } from '../../load/latencies.js';
import { PEERS, type PeerName } from '../../peers/index.js';

/** The request that the process receives. */
export interface SparseRequest extends Message {
  readonly kind: 'measure';
  readonly peer: PeerName;
  readonly threads: number;
  /** Jobs submitted at the same time; 1 for single jobs. */
  readonly burst: number;
  /** Number of jobs or bursts. */
  readonly repeats: number;
  readonly everyMs: number;
}

/** The reply of the process. */
export interface SparseReply extends Measured {
  /** Latency of each job since the submission of its burst. */
  readonly latencies: LatencySummary;
  /** Time from the submission of a burst until its last job has ended. */
  readonly done: LatencySummary;
}

/**
 * Enough for the code of every variant to be compiled, as in a service that has run for a quarter of an hour.
 * After 2,000 jobs much of it is interpreted: Piscina takes 10 to 15 % longer, this pool 25 % (docs/design.md).
 */
const WARM_UP_JOBS = 20_000;

serveParent<SparseRequest>((request) => void measure(request));

async function measure(request: SparseRequest): Promise<void> {
  const { peer, threads, burst, repeats, everyMs } = request;
  // With jobs of equal length, sending them ahead delays none of them, and helps a burst.
  const options = { threads, job: 'noop', inFlight: burst, favour: 'throughput' } as const;
  const { run } = await PEERS[peer].start(options);
  // Only `run` and `then` are called between the clock and the thread: other code would be cold, too, and would
  // count.
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
