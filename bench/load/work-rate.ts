/**
 * How much of the experiments' work a thread of this machine does in a microsecond.
 *
 * Method: threads without a pool compute in stretches, as many at once as will do so in the experiment, so
 * that what they take from each other (shared cores, a lower clock) is in the figure. The fastest
 * stretch counts: whatever else happens on the machine can only lengthen the others.
 */
import { availableParallelism } from 'node:os';
import { builtFile } from '../process/built-file.js';
import { MessageRing } from './message-ring.js';

const THREAD = builtFile('bench/peers/ring-thread.js');
/** About 5 ms: short enough not to be interrupted, and of a message there and back it is half a percent. */
const UNITS = 5000;
const STRETCHES = 40;

/**
 * Units of `work` in a microsecond, on each of so many threads. Takes about a quarter of a second.
 *
 * @param threads - Of these as many as there are processors.
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
      // One for each thread: the ring deals them out in turn.
      rates.push(...(await Promise.all(Array.from({ length: busy }, stretch))));
    }
  } finally {
    await ring.stop();
  }
  return Math.max(...rates);
}
