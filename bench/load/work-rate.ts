/**
 * Measures how many units of the experiments' work a thread of this machine does per microsecond.
 *
 * Method: threads without a pool compute in stretches, as many at once as in the experiment, so that the rate
 * includes what they take from each other (shared cores, a lower clock). The fastest stretch counts, because other
 * activity on the machine can only lengthen a stretch.
 */
import { availableParallelism } from 'node:os';
import { builtFile } from '../process/built-file.js';
import { MessageRing } from './message-ring.js';

const THREAD = builtFile('bench/peers/ring-thread.js');
/** About 5 ms: short enough to escape interruptions; the message round trip is half a percent of it. */
const UNITS = 5000;
const STRETCHES = 40;

/**
 * Measures the units of `work` per microsecond on each of several threads. Takes about a quarter of a second.
 *
 * @param threads - Number of threads; no more are used than there are CPUs.
 */
export async function measureWorkRate(threads: number): Promise<number> {
  const busy = Math.min(threads, availableParallelism());
  const ring = new MessageRing<number, number>(THREAD, busy, 'work');
  const stretch = async (): Promise<number> => {
    const startMs = performance.now();
    await ring.run(UNITS);
    return UNITS / ((performance.now() - startMs) * 1000);
  };
  const rates: number[] = [];
  try {
    for (let count = 0; count < STRETCHES; count += 1) {
      // One for each thread: the ring distributes them in turn.
      rates.push(...(await Promise.all(Array.from({ length: busy }, stretch))));
    }
  } finally {
    await ring.stop();
  }
  return Math.max(...rates);
}
