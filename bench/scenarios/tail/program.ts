/**
 * Measures one peer in a process of its own under one load of mixed jobs: as many as it can run, or those that
 * arrive at a given rate.
 *
 * Invariants: a process runs a single measurement; a latency counts from the job's scheduled arrival, so that
 * delays by the load generator or a busy main thread are included; every counted arrival has one ending, and
 * only served ones have a latency.
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

/** The request that the process receives. */
export type TailRequest = Message & {
  readonly peer: PeerName;
  readonly threads: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Seed of the jobs and of their arrivals. */
  readonly seed: number;
} & ({ readonly kind: 'saturate' } | { readonly kind: 'arrive'; readonly ratePerSecond: number });

/** The reply to `saturate`. */
export interface SaturationReply extends Measured {
  readonly throughput: Throughput;
}

/** Latencies of jobs from their scheduled arrival. */
export interface JobLatencies {
  /** Time until the result. */
  readonly total: LatencySummary;
  /** Time until the start of the job function. */
  readonly wait: LatencySummary;
}

/** The reply to `arrive`. */
export interface ArrivalReply extends Measured {
  readonly short: JobLatencies;
  readonly all: JobLatencies;
  /** Endings of the counted arrivals; only served ones have a latency. */
  readonly endings: Endings;
  /** Lateness of the generator. */
  readonly lateness: LatencySummary;
  /** Number of arrivals that were due, and of those that were sent. */
  readonly intended: number;
  readonly sent: number;
}

/** More than ever waits here. */
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
    // We are awake for a result anyway: check whether another arrival is due.
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
