/**
 * Measures one peer in a process of its own: keeps a number of jobs of one kind in flight and counts them.
 *
 * Invariant: a process runs a single measurement.
 */
import { type Message, serveParent, tellParent } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';
import { PEERS, type PeerName } from '../../peers/index.js';
import type { ExperimentJob } from '../../peers/jobs.js';
import { measureThroughput, type Throughput } from '../../load/steady-load.js';

/** The request that the process receives. */
export interface OverheadRequest extends Message {
  readonly kind: 'measure';
  readonly peer: PeerName;
  readonly threads: number;
  readonly job: ExperimentJob;
  readonly input: number;
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** The reply of the process. */
export interface OverheadReply extends Measured {
  readonly throughput: Throughput;
}

serveParent<OverheadRequest>((request) => void measure(request));

async function measure(request: OverheadRequest): Promise<void> {
  const { peer, threads, job, input, inFlight, warmUpMs, windowMs } = request;
  const { run } = await PEERS[peer].start({ threads, job, inFlight, favour: 'throughput' });
  const throughput = await measureThroughput({
    inFlight,
    run: () => run(input),
    warmUpMs,
    windowMs,
  });
  const reply: OverheadReply = { kind: 'measured', throughput };
  tellParent(reply);
}
