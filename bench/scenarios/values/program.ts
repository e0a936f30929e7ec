/**
 * One peer in one process: sends one value there and back, so many at a time, and counts.
 *
 * Invariants: one measurement in its life; what came back first was compared with what was sent.
 */
import { deepStrictEqual } from 'node:assert';
import { measureThroughput, type Throughput } from '../../load/steady-load.js';
import { PEERS, type PeerName } from '../../peers/index.js';
import { type Message, serveParent, tellParent } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';
import { VALUE_KINDS } from './kinds.js';

/** What the process is told. */
export interface ValuesRequest extends Message {
  readonly kind: 'measure';
  readonly peer: PeerName;
  readonly threads: number;
  /** A kind's name. */
  readonly value: string;
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** What it answers. */
export interface ValuesReply extends Measured {
  readonly throughput: Throughput;
}

/** More than a value is charged for. */
const BYTES_PER_JOB = 64 * 1024;

serveParent<ValuesRequest>((request) => void measure(request));

async function measure(request: ValuesRequest): Promise<void> {
  const { peer, threads, value: name, inFlight, warmUpMs, windowMs } = request;
  const options = { threads, job: 'noop', inFlight, bytesPerJob: BYTES_PER_JOB } as const;
  const pool = await PEERS[peer].start({ ...options, favour: 'throughput' });
  // The job returns its input, whatever that is.
  const run = pool.run as (input: unknown) => PromiseLike<unknown>;
  const value = VALUE_KINDS.find((kind) => kind.name === name)?.make();
  const returned = await run(value);
  // Every pool but this one makes a Uint8Array of a Buffer.
  deepStrictEqual(asBytes(returned), asBytes(value));
  const throughput = await measureThroughput({
    inFlight,
    run: () => run(value),
    warmUpMs,
    windowMs,
  });
  const reply: ValuesReply = { kind: 'measured', throughput };
  tellParent(reply);
}

function asBytes(value: unknown): unknown {
  return value instanceof Uint8Array ? new Uint8Array(value) : value;
}
