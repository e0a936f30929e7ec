/**
 * Measures one peer in a process of its own: sends one value to threads and back, a fixed number of jobs at a
 * time, and counts them.
 *
 * Invariants: a process runs a single measurement; the first result is compared with the value that was sent.
 */
import { deepStrictEqual } from 'node:assert';
import { measureThroughput, type Throughput } from '../../load/steady-load.js';
import { PEERS, type PeerName } from '../../peers/index.js';
import { type Message, serveParent, tellParent } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';
import { VALUE_KINDS } from './kinds.js';

/** The request that the process receives. */
export interface ValuesRequest extends Message {
  readonly kind: 'measure';
  readonly peer: PeerName;
  readonly threads: number;
  /** Name of a value kind. */
  readonly value: string;
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** The reply of the process. */
export interface ValuesReply extends Measured {
  readonly throughput: Throughput;
}

/** More than the pool charges for any of the values. */
const BYTES_PER_JOB = 64 * 1024;

serveParent<ValuesRequest>((request) => void measure(request));

async function measure(request: ValuesRequest): Promise<void> {
  const { peer, threads, value: name, inFlight, warmUpMs, windowMs } = request;
  const options = { threads, job: 'noop', inFlight, bytesPerJob: BYTES_PER_JOB } as const;
  const pool = await PEERS[peer].start({ ...options, favour: 'throughput' });
  // The job returns any input unchanged.
  const run = pool.run as (input: unknown) => PromiseLike<unknown>;
  const value = VALUE_KINDS.find((kind) => kind.name === name)?.make();
  const returned = await run(value);
  // All pools but this one turn a Buffer into a Uint8Array.
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
