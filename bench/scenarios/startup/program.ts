/**
 * Starts one pool in a process of its own: imports its package, creates it and runs jobs, until every thread has
 * run one or a number of no-ops have run.
 *
 * Invariants: a process starts a single pool; it loads no code of this or any other pool before it knows which
 * one to start; threads are identified by their results, as every pool means something else by being ready.
 */
import { type Message, serveParent, tellParent } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';
import type { PeerName } from '../../peers/index.js';
import type { Peer, RunningPeer } from '../../peers/peer.js';
import { IN_FLIGHT } from './count.js';

/** The request that the process receives. */
export interface StartupRequest extends Message {
  readonly kind: 'start';
  readonly peer: PeerName;
  readonly threads: number;
  /** Numbers of the no-op results to report, in ascending order. Empty: runs jobs until all threads have responded. */
  readonly told: readonly number[];
}

/** Messages before the reply; without times, as the parent process measures them. */
export type StartupMessage = Message & {
  readonly kind: 'running' | 'first result' | `${number} results`;
};

/** The reply at the end of the measurement. */
export interface StartupReply extends Measured {
  /** Import time of the pool's package; 0 if it has none. */
  readonly importMs: number;
  /** Resident set at the end. */
  readonly rssBytes: number;
}

/** A job that identifies its thread blocks it for this long, so that the next job goes to another thread. */
const HOLD_US = 1000;
const JOBS_PER_THREAD = 2;

/** Imported one at a time, as `peers/index.ts` loads all of them. */
const PEERS: Readonly<Partial<Record<PeerName, () => Promise<Peer>>>> = {
  millrace: async () => (await import('../../peers/millrace.js')).millrace,
  piscina: async () => (await import('../../peers/piscina.js')).piscina,
  tinypool: async () => (await import('../../peers/tinypool.js')).tinypool,
  workerpool: async () => (await import('../../peers/workerpool.js')).workerpool,
  poolifier: async () => (await import('../../peers/poolifier.js')).poolifier,
  ring: async () => (await import('../../peers/ring.js')).ring,
};

/** The modules that users of each pool import. */
const PACKAGES: Readonly<Partial<Record<PeerName, () => Promise<unknown>>>> = {
  millrace: () => import('../../../src/index.js'),
  piscina: () => import('piscina'),
  tinypool: () => import('tinypool'),
  workerpool: () => import('workerpool'),
  poolifier: () => import('poolifier'),
};

serveParent<StartupRequest>((request) => void start(request));
say('running');

async function start({ peer, threads, told }: StartupRequest): Promise<void> {
  const beforeMs = performance.now();
  await PACKAGES[peer]?.();
  const importMs = peer in PACKAGES ? performance.now() - beforeMs : 0;
  const load = PEERS[peer];
  if (load === undefined) throw new Error(`${peer} can't be started.`);
  const pool = await (
    await load()
  ).start({
    threads,
    isCold: true,
    ...(told.length > 0
      ? { job: 'noop', inFlight: IN_FLIGHT, favour: 'throughput' }
      : { job: 'identify', inFlight: threads * JOBS_PER_THREAD, favour: 'latency' }),
  });
  if (told.length > 0) await count(pool, told);
  else {
    const first = await pool.run(0);
    say('first result');
    await hearAll(pool, threads, first);
  }
  const reply: StartupReply = {
    kind: 'measured',
    importMs,
    rssBytes: process.memoryUsage.rss(),
  };
  tellParent(reply);
}

/** Fulfils when this many different threads have responded. */
async function hearAll(pool: RunningPeer, threads: number, first: number): Promise<void> {
  const heard = new Set([first]);
  const ask = async (): Promise<void> => {
    while (heard.size < threads) heard.add(await pool.run(HOLD_US));
  };
  await Promise.all(Array.from({ length: threads * JOBS_PER_THREAD }, ask));
}

/** Fulfils after the last of these results. */
async function count(pool: RunningPeer, told: readonly number[]): Promise<void> {
  const most = told.at(-1) ?? 0;
  let sent = 0;
  let done = 0;
  const keepOne = async (): Promise<void> => {
    while (sent < most) {
      sent += 1;
      await pool.run(0);
      done += 1;
      if (told.includes(done)) say(`${done} results`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, keepOne));
}

function say(kind: StartupMessage['kind']): void {
  const message: StartupMessage = { kind };
  tellParent(message);
}
