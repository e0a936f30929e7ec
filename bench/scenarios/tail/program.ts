/**
 * One peer in one process, under one load of the mixed jobs: as many as it can do, or those that
 * arrive at a given rate.
 *
 * Invariants: one measurement in its life; a latency runs from the job's intended start on, so that
 * what the load generator or a busy main thread delays counts too; every arrival that counts has one ending,
 * and only what was served has a latency.
 */
import { type Message, serveParent, tellParent } from '../../process/child.js';
import { nowUs } from '../../process/clock.js';
import type { Measured } from '../../process/fresh-process.js';
import { type Ending, endingOf, type Endings, NO_ENDINGS } from '../../load/endings.js';
import { InFlight } from '../../load/in-flight.js';
import { Latencies, type LatencySummary } from '../../load/latencies.js';
import { OpenLoop } from '../../load/open-loop.js';
import { PEERS, type PeerName } from '../../peers/index.js';
import type { RunningPeer } from '../../peers/peer.js';
import { randomFrom } from '../../math/random.js';
import { measureThroughput, type Throughput } from '../../load/steady-load.js';
import { dealJobs, SHORT_US } from './mix.js';
import { SATURATED_IN_FLIGHT } from './settings.js';

/** What the process is told. */
export type TailRequest = Message & {
  readonly peer: PeerName;
  readonly threads: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Deals the jobs and their arrivals. */
  readonly seed: number;
} & ({ readonly kind: 'saturate' } | { readonly kind: 'arrive'; readonly ratePerSecond: number });

/** What it answers to `saturate`. */
export interface SaturationReply extends Measured {
  readonly throughput: Throughput;
}

/** How long jobs took, from their intended start. */
export interface JobLatencies {
  /** Until the result was there. */
  readonly total: LatencySummary;
  /** Until the job function began. */
  readonly wait: LatencySummary;
}

/** What it answers to `arrive`. */
export interface ArrivalReply extends Measured {
  readonly short: JobLatencies;
  readonly all: JobLatencies;
  /** Of the arrivals that count; what was not served has no latency. */
  readonly endings: Endings;
  /** How late the generator was. */
  readonly lateness: LatencySummary;
  /** Arrivals that were due, and those that were made. */
  readonly intended: number;
  readonly sent: number;
}

/** More than can ever wait here. */
const UNBOUNDED = 1_000_000;

serveParent<TailRequest>((request) => void measure(request));

async function measure(request: TailRequest): Promise<void> {
  const { peer, threads, seed } = request;
  const options = { threads, job: 'spin', favour: 'latency', inFlight: UNBOUNDED } as const;
  const pool = await PEERS[peer].start(options);
  const reply: SaturationReply | ArrivalReply =
    request.kind === 'saturate'
      ? { kind: 'measured', throughput: await saturate(pool, request) }
      : await arrive(pool, dealJobs(seed), request);
  tellParent(reply);
}

function saturate(pool: RunningPeer, request: TailRequest): Promise<Throughput> {
  const next = dealJobs(request.seed);
  return measureThroughput({
    inFlight: SATURATED_IN_FLIGHT,
    run: () => pool.run(next()),
    warmUpMs: request.warmUpSeconds * 1000,
    windowMs: request.seconds * 1000,
  });
}

async function arrive(
  pool: RunningPeer,
  next: () => number,
  request: TailRequest & { kind: 'arrive' },
): Promise<ArrivalReply> {
  const { ratePerSecond, warmUpSeconds, seconds, seed } = request;
  const [short, all] = [recorder(), recorder()];
  const endings = { ...NO_ENDINGS };
  const measuredFromUs = nowUs() + warmUpSeconds * 1e6;
  const pending = new InFlight();
  const send = async (intendedUs: number): Promise<void> => {
    const us = next();
    pending.begin();
    let startedUs = NaN;
    let ending: Ending = 'served';
    try {
      startedUs = await pool.run(us);
    } catch (error) {
      ending = endingOf(error);
    }
    const endedUs = nowUs();
    if (intendedUs >= measuredFromUs) {
      endings[ending] += 1;
      if (ending === 'served') {
        all.record(intendedUs, startedUs, endedUs);
        if (us === SHORT_US) short.record(intendedUs, startedUs, endedUs);
      }
    }
    // Awake for a result: the moment to see whether another arrival is due.
    loop.catchUp();
    pending.end();
  };
  const loop = new OpenLoop({
    ratePerSecond,
    seconds: warmUpSeconds + seconds,
    random: randomFrom(seed),
    send: (intendedUs) => void send(intendedUs),
  });
  await loop.run();
  await pending.ended();
  const { lateness, intended, sent } = loop.tally();
  return {
    kind: 'measured',
    short: short.summary(),
    all: all.summary(),
    endings,
    lateness,
    intended,
    sent,
  };
}

function recorder(): {
  record(intendedUs: number, startedUs: number, endedUs: number): void;
  summary(): JobLatencies;
} {
  const [total, wait] = [new Latencies(), new Latencies()];
  return {
    record(intendedUs, startedUs, endedUs) {
      total.record(endedUs - intendedUs);
      wait.record(startedUs - intendedUs);
    },
    summary: () => ({ total: total.summary(), wait: wait.summary() }),
  };
}
