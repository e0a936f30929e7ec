/**
 * Runs jobs on a pool, block by block, for as many blocks as are requested.
 *
 * Invariants: between two blocks nothing is in flight and no thread is at work, so that the other side's block has the
 * machine to itself; a job that fails makes the block fail.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from '../../../src/index.js';
import { nowUs } from '../../process/clock.js';
import { InFlight } from '../../load/in-flight.js';
import { Latencies } from '../../load/latencies.js';
import { OpenLoop } from '../../load/open-loop.js';
import { randomFrom, shuffled } from '../../math/random.js';
import { type Input, loadInputs } from '../../user-job/inputs.js';
import { measureThroughput } from '../../load/steady-load.js';
import { previewOf } from './answers.js';
import { fingerprint } from './fingerprint.js';
import type { Figures } from '../model/metrics.js';
import { countPosts } from './posts.js';
import type {
  Answer,
  LoadSpec,
  PoolSpec,
  Warmth,
  Workload,
  WorkloadInput,
} from '../model/workload.js';

/**
 * Number of latencies that suffice for the percentiles of a block; timing each of a million no-ops would slow them
 * down.
 */
const WANTED_LATENCIES = 2000;
/** Number of inputs whose results are compared. */
const COMPARED_RESULTS = 16;
const INPUT_SEED = 1;
const UNBOUNDED_BYTES = Number.MAX_SAFE_INTEGER;

/** Starts the pool and loads the inputs. */
export async function startPoolWorkload(spec: PoolSpec): Promise<Workload> {
  const inputs = await inputsOf(spec.input);
  const { Pool } = (await import(spec.library)) as typeof import('../../../src/index.js');
  const pool = new Pool(spec.module, {
    threads: spec.threads,
    backlog: { jobs: backlogOf(spec.load), bytes: UNBOUNDED_BYTES },
    overflow: 'reject',
  });
  await pool.ready();
  return new PoolWorkload(pool, spec, inputs);
}

class PoolWorkload implements Workload {
  readonly #pool: Pool;
  readonly #spec: PoolSpec;
  readonly #inputs: readonly Input[];
  readonly #posts = countPosts();
  #next = 0;
  #perSecond = 0;

  constructor(pool: Pool, spec: PoolSpec, inputs: readonly Input[]) {
    this.#pool = pool;
    this.#spec = spec;
    this.#inputs = inputs;
  }

  async warmUp(ms: number, compares: boolean): Promise<Warmth> {
    const answers = compares ? await this.#answers() : undefined;
    const { throughput } = await this.block(ms, 0);
    const { load } = this.#spec;
    this.#perSecond = load.kind === 'open' ? load.perSecond : (throughput ?? 0);
    return { perSecond: this.#perSecond, ...(answers !== undefined && { answers }) };
  }

  async block(ms: number, start: number): Promise<Figures> {
    const { load } = this.#spec;
    this.#next = start % this.#inputs.length;
    this.#posts.reset();
    switch (load.kind) {
      case 'closed':
        return await this.#closed(ms, load.inFlight);
      case 'open':
        return await this.#open(ms, load.perSecond);
      case 'paced':
        return await this.#paced(ms, load.everyMs);
    }
  }

  async #closed(ms: number, inFlight: number): Promise<Figures> {
    const latencies = new Latencies();
    const pending = new InFlight();
    const stride = Math.max(1, Math.floor((this.#perSecond * ms) / 1000 / WANTED_LATENCIES));
    let untilTimed = 1;
    let started = 0;
    const run = (): PromiseLike<unknown> => {
      started += 1;
      untilTimed -= 1;
      const startMs = untilTimed === 0 ? performance.now() : undefined;
      if (startMs !== undefined) untilTimed = stride;
      pending.begin();
      return this.#run().then(() => {
        if (startMs !== undefined) latencies.record((performance.now() - startMs) * 1000);
        pending.end();
      });
    };
    const { perSecond, cpuUsPerJob } = await measureThroughput({
      inFlight,
      run,
      warmUpMs: 0,
      windowMs: ms,
    });
    await pending.ended();
    const { p50, p99 } = latencies.summary();
    const messages = this.#posts.count() / started;
    return { cpu: cpuUsPerJob / 1000, throughput: perSecond, p50, p99, messages };
  }

  async #open(ms: number, ratePerSecond: number): Promise<Figures> {
    const latencies = new Latencies();
    const pending = new InFlight();
    let [sent, refused] = [0, 0];
    const send = (intendedUs: number): void => {
      sent += 1;
      const job = this.#pool.trySubmit(this.#spec.name, this.#input());
      if (job === undefined) {
        refused += 1;
        return;
      }
      pending.begin();
      void job.result.then(() => {
        latencies.record(nowUs() - intendedUs);
        loop.catchUp();
        pending.end();
      });
    };
    const loop = new OpenLoop({ ratePerSecond, seconds: ms / 1000, send });
    const [usage, startMs] = [process.cpuUsage(), performance.now()];
    // Includes the interval after the last arrival, so that a low rate is exact.
    await Promise.all([loop.run(), pause(ms)]);
    await pending.ended();
    return this.#figures(latencies, usage, {
      throughput: ((sent - refused) * 1000) / (performance.now() - startMs),
      refused: refused / sent,
    });
  }

  async #paced(ms: number, everyMs: number): Promise<Figures> {
    const latencies = new Latencies();
    const usage = process.cpuUsage();
    for (let count = Math.ceil(ms / everyMs); count > 0; count -= 1) {
      await pause(everyMs);
      const startMs = performance.now();
      await this.#run();
      latencies.record((performance.now() - startMs) * 1000);
    }
    return this.#figures(latencies, usage, {});
  }

  #figures(latencies: Latencies, before: NodeJS.CpuUsage, more: Figures): Figures {
    const { count, p50, p99 } = latencies.summary();
    if (count === 0) return more;
    const { user, system } = process.cpuUsage(before);
    const messages = this.#posts.count() / count;
    return { cpu: (user + system) / 1000 / count, p50, p99, messages, ...more };
  }

  #run(): Promise<unknown> {
    return this.#pool.run(this.#spec.name, this.#input());
  }

  #input(): unknown {
    const input = this.#inputs[this.#next];
    this.#next = (this.#next + 1) % this.#inputs.length;
    return input?.value;
  }

  /** Results of the first inputs, one after the other; undefined if any result can't be compared. */
  async #answers(): Promise<readonly Answer[] | undefined> {
    const answers: Answer[] = [];
    for (const { name, value } of this.#inputs.slice(0, COMPARED_RESULTS)) {
      const result = await this.#pool.run(this.#spec.name, value);
      const print = fingerprint(result);
      if (print === undefined) return undefined;
      answers.push({ input: name, fingerprint: print, preview: previewOf(result) });
    }
    return answers;
  }
}

async function inputsOf(input: WorkloadInput): Promise<readonly Input[]> {
  if (input.kind === 'values') {
    return input.values.map((value, at) => ({ name: `#${at + 1}`, value }));
  }
  if (input.kind === 'bytes') {
    return [{ name: `${input.bytes} bytes`, value: new Uint8Array(input.bytes).fill(1) }];
  }
  const { all } = await loadInputs(input);
  // Shuffled, as a block gets through only a few of them; the order is the same for all sides.
  return shuffled(all, randomFrom(INPUT_SEED));
}

function backlogOf(load: LoadSpec): number {
  if (load.kind === 'open') return load.backlog;
  return load.kind === 'closed' ? load.inFlight : 1;
}
