/**
 * Measures `bench calls` in a process of its own: times the pool's calls, a block of them per sample.
 *
 * Invariants: each pool has one thread, held by a job if no other job may run; every block leaves the pool as it
 * found it.
 */
import { Bench } from 'tinybench';
import { Pool } from '../../../src/index.js';
import { builtFile } from '../../process/built-file.js';
import { serveParent, tellParent } from '../../process/child.js';
import { type Call, CALLS, type CallsReply, type CallsRequest } from './calls.js';

type Jobs = typeof import('../../jobs/held.js');

const MODULE = builtFile('bench/jobs/held.js');
/** Calls per sample: a single one would be lost in the cost of reading the clock. */
const BLOCK = 200;
const WARM_UP = 0.5;

serveParent<CallsRequest>((request) => void measure(request));

async function measure({ timeMs }: CallsRequest): Promise<void> {
  const full = await heldPool(0);
  const roomy = await heldPool(BLOCK);
  const idle = new Pool<Jobs>(MODULE, { threads: 1 });
  await idle.ready();
  const bench = new Bench({ time: timeMs, warmupTime: timeMs * WARM_UP, retainSamples: false });
  const blockOf = (call: () => unknown) => (): void => {
    for (let index = 0; index < BLOCK; index += 1) call();
  };
  const tasks: Readonly<Record<Call, () => void | Promise<void>>> = {
    'trySubmit, refused': blockOf(() => full.trySubmit('noop', 1)),
    'run, refused': async () => {
      await Promise.all(Array.from({ length: BLOCK }, () => full.run('noop', 1).catch(ignore)));
    },
    'trySubmit and cancel': blockOf(() => roomy.trySubmit('noop', 1)?.cancel('cancelled')),
    stats: blockOf(() => roomy.stats()),
    'run, one after the other': async () => {
      for (let index = 0; index < BLOCK; index += 1) await idle.run('noop', index);
    },
  };
  for (const call of CALLS) bench.add(call, tasks[call]);
  const results = await bench.run();
  const reply: CallsReply = {
    kind: 'measured',
    calls: results.map(({ name, result }) => {
      if (result.state !== 'completed') throw new Error(`${name} could not be timed.`);
      const { p50, samplesCount } = result.latency;
      return { call: name as Call, ms: p50 / BLOCK, samples: samplesCount };
    }),
  };
  tellParent(reply);
}

/** Starts a pool whose only thread is occupied. The process ends without releasing it. */
async function heldPool(jobs: number): Promise<Pool<Jobs>> {
  const pool = new Pool<Jobs>(MODULE, { threads: 1, backlog: jobs, overflow: 'reject' });
  await pool.ready();
  await pool.submit('hold', new Int32Array(new SharedArrayBuffer(4)));
  return pool;
}

function ignore(): void {}
