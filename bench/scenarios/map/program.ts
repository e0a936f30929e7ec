/**
 * Measures one variant in a process of its own: warms up, counts the rows of a window, then reads slowly and
 * samples what the variant holds.
 *
 * Invariant: the source ends only when its time is over, so that no pool runs dry during a measurement.
 */
import { setImmediate } from 'node:timers/promises';
import { type Message, serveParent, tellParent } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';
import type { ExperimentJob } from '../../peers/jobs.js';
import { type ArmName, startArm } from './arms.js';

/** The request that the process receives. */
export interface MapRequest extends Message {
  readonly kind: 'measure';
  readonly arm: ArmName;
  readonly threads: number;
  readonly job: ExperimentJob;
  readonly input: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** Duration of the part with a slow consumer. */
  readonly slowMs: number;
}

/** The reply of the process. */
export interface MapReply extends Measured {
  readonly rowsPerSecond: number;
  /** Max number of items pulled but not delivered while the consumer was slow. */
  readonly mostHeld: number;
  /** Growth of the memory (RSS) meanwhile. */
  readonly growthBytes: number;
}

/** The slow consumer takes this many rows between turns of the event loop. */
const SLOW_ROWS = 16;

serveParent<MapRequest>((request) => void measure(request));

async function measure(request: MapRequest): Promise<void> {
  const { arm, threads, job, input, warmUpMs, windowMs, slowMs } = request;
  const { map } = await startArm(arm, job, threads);
  let pulled = 0;
  function* until(endMs: number): Generator<number> {
    while (performance.now() < endMs) {
      pulled += 1;
      yield input;
    }
  }
  const drain = async (ms: number): Promise<number> => {
    const startMs = performance.now();
    let rows = 0;
    for await (const _ of map(until(startMs + ms))) rows += 1;
    return (rows / (performance.now() - startMs)) * 1000;
  };
  await drain(warmUpMs);
  const rowsPerSecond = await drain(windowMs);
  pulled = 0;
  let [delivered, mostHeld] = [0, 0];
  const before = process.memoryUsage.rss();
  let most = before;
  for await (const _ of map(until(performance.now() + slowMs))) {
    delivered += 1;
    mostHeld = Math.max(mostHeld, pulled - delivered);
    if (delivered % SLOW_ROWS > 0) continue;
    most = Math.max(most, process.memoryUsage.rss());
    await setImmediate();
  }
  const growthBytes = most - before;
  const reply: MapReply = { kind: 'measured', rowsPerSecond, mostHeld, growthBytes };
  tellParent(reply);
}
