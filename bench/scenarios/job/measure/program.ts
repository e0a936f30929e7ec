/**
 * Runs one measurement of the user's job in a process of its own.
 *
 * Invariants: a process runs a single measurement; every job runs on threads of the real pool.
 */
import { type Message, serveParent, tellParent } from '../../../process/child.js';
import type { Measured } from '../../../process/fresh-process.js';
import { type ArrivalFigures, arrive, type ArriveRequest } from './arriving.js';
import {
  type Input,
  type InputSummary,
  loadInputs,
  summarizeInputs,
} from '../../../user-job/inputs.js';
import { probe } from './probe.js';
import {
  saturate,
  type SaturateRequest,
  type SaturationFigures,
  serve,
  type ServeRequest,
  type ServiceFigures,
} from './steady.js';
import type { Subject } from './user-job.js';

/** The load to measure. */
export type Load = ServeRequest | SaturateRequest | ArriveRequest;

/** The request that the process receives. */
export type JobRequest = Message & Subject & ({ readonly kind: 'probe' } | Load);

/** The part of a reply that all measurements share. */
export interface Surrounding extends Measured {
  readonly inputs: InputSummary;
  /** Peak memory of the process, inputs included. */
  readonly peakBytes: number;
}

export type ServiceReply = ServiceFigures & Surrounding;
export type SaturationReply = SaturationFigures & Surrounding;
export type ArrivalReply = ArrivalFigures & Surrounding;

serveParent<JobRequest>((request) => void answer(request));

async function answer(request: JobRequest): Promise<void> {
  if (request.kind === 'probe') return tellParent(await probe(request));
  const inputs = await loadInputs(request.input);
  const figures = await measure(request, inputs.all);
  const surrounding: Surrounding = {
    kind: 'measured',
    inputs: summarizeInputs(inputs),
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
  tellParent({ ...figures, ...surrounding } satisfies
    | ServiceReply
    | SaturationReply
    | ArrivalReply);
}

function measure(
  request: Subject & Load,
  inputs: readonly Input[],
): Promise<ServiceFigures | SaturationFigures | ArrivalFigures> {
  switch (request.kind) {
    case 'serve':
      return serve(request, inputs);
    case 'saturate':
      return saturate(request, inputs);
    case 'arrive':
      return arrive(request, inputs);
  }
}
