/**
 * One pool in one process, from nothing: imports its package, makes it, and has jobs done: until every
 * thread has done one, or so many that do nothing.
 *
 * Invariants: one start in its life; nothing of a pool, of this one or of others, is loaded before it is
 * told which one to start; all threads are known by their answers, as no two pools mean the same by
 * being ready.
 */
import { type Message, serveParent, tellParent } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';
import type { PeerName } from '../../peers/index.js';
import type { Peer, RunningPeer } from '../../peers/peer.js';
import { IN_FLIGHT } from './count.js';

/** What the process is told. */
export interface StartupRequest extends Message {
  readonly kind: 'start';
  readonly peer: PeerName;
  readonly threads: number;
  /** Jobs that do nothing, which are told by their numbers in ascending order. Empty: until all threads have answered. */
  readonly told: readonly number[];
}

/** What it says on its way, with nothing more: the parent has the clock. */
export type StartupMessage = Message & {
  readonly kind: 'running' | 'first result' | `${number} results`;
};

/** What it answers when all threads have answered. */
export interface StartupReply extends Measured {
  /** Of the package, or of its main file; 0 where there is none. */
  readonly importMs: number;
  /** The resident set, then. */
  readonly rssBytes: number;
}

/** A job that asks for its thread keeps it for so long, for the next job to go elsewhere. */
const HOLD_US = 1000;
const JOBS_PER_THREAD = 2;

/** By themselves, as `peers/index.ts` loads what all of them need. */
const PEERS: Readonly<Partial<Record<PeerName, () => Promise<Peer>>>> = {
  millrace: async () => (await import('../../peers/millrace.js')).millrace,
  piscina: async () => (await import('../../peers/piscina.js')).piscina,
  tinypool: async () => (await import('../../peers/tinypool.js')).tinypool,
  workerpool: async () => (await import('../../peers/workerpool.js')).workerpool,
  poolifier: async () => (await import('../../peers/poolifier.js')).poolifier,
  ring: async () => (await import('../../peers/ring.js')).ring,
};

/** What a user of each imports. */
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

/** Fulfils when so many different threads have answered. */
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
