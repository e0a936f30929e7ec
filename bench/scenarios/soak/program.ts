/**
 * Runs one pool in a process of its own under a constant load, for a given time.
 *
 * Invariants: a process does a single run; arrivals come at even intervals, whatever happened to earlier ones,
 * and a latency counts from the scheduled arrival; the pool rejects what it can't take, so that the load itself
 * builds up no backlog.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Message, serveParent, tellParent } from '../../process/child.js';
import { nowUs } from '../../process/clock.js';
import type { Measured } from '../../process/fresh-process.js';
import type { LatencySummary } from '../../load/latencies.js';
import { arrivalsOf, type Ending, endingOf, type Endings, NO_ENDINGS } from '../../load/endings.js';
import { OpenLoop } from '../../load/open-loop.js';
import { JOB_MODULE, type ExperimentJob, type ExperimentJobs } from '../../peers/jobs.js';
import { Pool } from '../../../src/index.js';
import { type SoakWindow, WindowMeter } from './window.js';

/** The request that the process receives. */
export interface SoakRequest extends Message {
  readonly kind: 'soak';
  readonly threads: number;
  readonly job: ExperimentJob;
  readonly input: number;
  readonly ratePerSecond: number;
  readonly windows: number;
  readonly windowSeconds: number;
}

/** The message at the end of each window. */
export interface WindowMessage extends Message {
  readonly kind: 'window';
  readonly window: SoakWindow;
}

/** The final reply. */
export interface SoakReply extends Measured {
  /** Number of arrivals that were due, and of those that were sent. */
  readonly intended: number;
  readonly sent: number;
  /** Endings of the sent arrivals; those still pending at the end of the run count as cut off. */
  readonly endings: Endings;
  /** Lateness of the generator. */
  readonly lateness: LatencySummary;
}

const SAMPLES_PER_WINDOW = 10;

serveParent<SoakRequest>((request) => void soak(request));

async function soak(request: SoakRequest): Promise<void> {
  const { threads, job, input, ratePerSecond, windows, windowSeconds } = request;
  const pool = new Pool<ExperimentJobs>(JOB_MODULE, { threads, overflow: 'reject' });
  await pool.ready();
  const meter = new WindowMeter();
  const endings = { ...NO_ENDINGS };
  const send = async (intendedUs: number): Promise<void> => {
    let ending: Ending = 'served';
    try {
      await pool.run(job, input);
    } catch (error) {
      ending = endingOf(error);
    }
    endings[ending] += 1;
    if (ending === 'refused') return meter.refuse();
    if (ending === 'served') meter.complete(nowUs() - intendedUs);
    else meter.fail();
    // We are awake for a result anyway: check whether another arrival is due.
    loop.catchUp();
  };
  const loop = new OpenLoop({
    ratePerSecond,
    // The last window ends the loop, not the schedule of the arrivals.
    seconds: (windows + 1) * windowSeconds,
    send: (intendedUs) => void send(intendedUs),
  });
  void loop.run();
  const startMs = performance.now();
  const elapsedSeconds = (): number => (performance.now() - startMs) / 1000;
  let fromSeconds = 0;
  for (let window = 0; window < windows; window += 1) {
    for (let sample = 1; sample <= SAMPLES_PER_WINDOW; sample += 1) {
      const dueSeconds = (window + sample / SAMPLES_PER_WINDOW) * windowSeconds;
      await pause(Math.max(0, (dueSeconds - elapsedSeconds()) * 1000));
      meter.sampleMemory();
    }
    const toSeconds = elapsedSeconds();
    const message: WindowMessage = { kind: 'window', window: meter.close(fromSeconds, toSeconds) };
    tellParent(message);
    fromSeconds = toSeconds;
  }
  loop.stop();
  meter.stop();
  const tally = loop.tally();
  endings.cutOff += tally.sent - arrivalsOf(endings);
  const reply: SoakReply = { kind: 'measured', ...tally, endings };
  tellParent(reply);
}
