/**
 * Runs the submitting process of `bench distributed`: starts a server and serving processes, and measures jobs
 * that go through them.
 *
 * Invariants: a process runs a single measurement; the three loads run one after the other.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { provision, RemotePool } from '../../../src/nats/nats.js';
import { ClosedLoop } from '../../load/closed-loop.js';
import { Latencies, type LatencySummary } from '../../load/latencies.js';
import { measureThroughput } from '../../load/steady-load.js';
import { builtFile } from '../../process/built-file.js';
import { Child, type Message, serveParent, tellParent } from '../../process/child.js';
import { nowUs } from '../../process/clock.js';
import type { Measured } from '../../process/fresh-process.js';
import type * as Jobs from '../../jobs/remote.js';
import { startNatsServer } from './nats-server.js';
import type { NodeRequest } from './node-program.js';

/** The request that the process receives. */
export interface DistributedRequest extends Message {
  readonly kind: 'measure';
  /** Folder of the server's files. */
  readonly folder: string;
  readonly nodes: number;
  readonly inFlight: number;
  readonly windowMs: number;
  readonly warmUpMs: number;
}

/** The reply of the process. */
export interface DistributedReply extends Measured {
  readonly perSecond: number;
  readonly isStable: boolean;
  /** Latency of one job at a time. */
  readonly latency: LatencySummary;
  /** Time that submissions waited for room in a full stream. */
  readonly wait: LatencySummary;
  /** Mean wait that the throughput alone implies: waiters ÷ rate. */
  readonly impliedWaitMs: number;
}

const NODE = builtFile('bench/scenarios/distributed/node-program.js');
const SLOTS = 16;
/** The full stream: duration of its jobs in ms, slots on each node, and bound of its backlog. */
const FULL = { name: 'full', ms: 5, concurrency: 4, jobs: 20 } as const;
const SUBMITTERS = 4;
const WAITERS = 16;

serveParent<DistributedRequest>((request) => void measure(request));

async function measure(request: DistributedRequest): Promise<void> {
  const { folder, nodes, inFlight, windowMs, warmUpMs } = request;
  const port = await startNatsServer(folder);
  const connection = await connect({ servers: `127.0.0.1:${port}` });
  await provision(connection, 'busy', { jobs: 10_000 });
  await provision(connection, FULL.name, { jobs: FULL.jobs });
  await Promise.all(Array.from({ length: nodes }, () => startNode(port)));
  const pool = await RemotePool.connect<typeof Jobs>({ connection, name: 'busy' });
  const { perSecond, isStable } = await measureThroughput({
    inFlight,
    windowMs,
    warmUpMs,
    run: () => pool.run('noop', 1),
  });
  await settled(pool);
  const latency = await measureLatency(pool, windowMs);
  const reply: DistributedReply = {
    kind: 'measured',
    perSecond,
    isStable,
    latency,
    ...(await measureWaits(port, windowMs)),
  };
  tellParent(reply);
}

async function startNode(port: number): Promise<void> {
  const child = new Child<NodeRequest, Message>('serving process', NODE);
  const serving = child.receive('serving');
  const { name, concurrency } = FULL;
  child.send({
    kind: 'serve',
    port,
    pools: [
      { name: 'busy', concurrency: SLOTS },
      { name, concurrency },
    ],
  });
  await serving;
}

/** Waits for the jobs that the previous load left in flight. */
async function settled(pool: RemotePool<typeof Jobs>): Promise<void> {
  while ((await pool.stats()).server.jobs > 0);
}

async function measureLatency(
  pool: RemotePool<typeof Jobs>,
  windowMs: number,
): Promise<LatencySummary> {
  const latencies = new Latencies();
  const untilMs = performance.now() + windowMs;
  while (performance.now() < untilMs) {
    const startUs = nowUs();
    await pool.run('noop', 1);
    latencies.record(nowUs() - startUs);
  }
  return latencies.summary();
}

/** Measures submissions that wait for room in the full stream, first come, first served. */
async function measureWaits(
  port: number,
  windowMs: number,
): Promise<Pick<DistributedReply, 'wait' | 'impliedWaitMs'>> {
  const latencies = new Latencies();
  const pools = await Promise.all(
    Array.from({ length: SUBMITTERS }, async () =>
      RemotePool.connect<typeof Jobs>({
        connection: await connect({ servers: `127.0.0.1:${port}` }),
        name: FULL.name,
      }),
    ),
  );
  let accepted = 0;
  const loops = pools.map(
    (pool) =>
      new ClosedLoop(WAITERS, async () => {
        const startUs = nowUs();
        await pool.submit('wait', FULL.ms);
        latencies.record(nowUs() - startUs);
        accepted += 1;
      }),
  );
  const running = loops.map((loop) => loop.run());
  // Don't count until all of them wait.
  await pause(windowMs / 2);
  latencies.clear();
  accepted = 0;
  const startMs = performance.now();
  await pause(windowMs);
  const perMs = accepted / (performance.now() - startMs);
  const wait = latencies.summary();
  for (const loop of loops) loop.stop();
  await Promise.all(running);
  return { wait, impliedWaitMs: (SUBMITTERS * WAITERS) / perMs };
}
