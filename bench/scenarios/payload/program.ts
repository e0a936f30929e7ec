/**
 * Measures one variant in a process of its own: sends bytes to threads and back, a fixed number of jobs at a
 * time.
 *
 * Invariants: a process runs a single measurement; it allocates no memory per job. A result is the input of a
 * later job, so that transferred memory circulates, while a cloned input becomes garbage.
 */
import { type Message, serveParent, tellParent } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';
import { measureThroughput, type Throughput } from '../../load/steady-load.js';
import { type Bytes, type PayloadArm, startArm, type Way } from './arms.js';

/** The request that the process receives. */
export interface PayloadRequest extends Message {
  readonly kind: 'measure';
  readonly arm: PayloadArm;
  readonly threads: number;
  readonly way: Way;
  readonly bytes: number;
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** The reply of the process. */
export interface PayloadReply extends Measured {
  readonly throughput: Throughput;
}

serveParent<PayloadRequest>((request) => void measure(request));

async function measure(request: PayloadRequest): Promise<void> {
  const { arm, threads, way, bytes, inFlight, warmUpMs, windowMs } = request;
  const { run } = await startArm(arm, threads, way);
  const idle: Bytes[] = Array.from({ length: inFlight }, () => new Uint8Array(bytes).fill(1));
  const keep = (result: Bytes): void => {
    if (result.byteLength !== bytes) throw new Error(`${result.byteLength} bytes came back.`);
    idle.push(result);
  };
  const throughput = await measureThroughput({
    inFlight,
    run: () => run(idle.pop() as Bytes).then(keep),
    warmUpMs,
    windowMs,
  });
  const reply: PayloadReply = { kind: 'measured', throughput };
  tellParent(reply);
}
