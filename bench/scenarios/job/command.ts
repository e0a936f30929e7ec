/**
 * Runs `millrace bench ./jobs.js#render`: measures a user's job, i.e. its service time, the max throughput of a
 * pool that runs it, latencies below and above that, and the settings that follow.
 *
 * Method: each measurement runs in a fresh process, on warm threads of the real pool; closed loops for the
 * service time and the max throughput, open loops (Poisson) for latencies, in shuffled rounds.
 */
import { UsageError } from '../../options/flags.js';
import { measureFresh } from '../../process/fresh-process.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { measureJob } from './experiment.js';
import { PROGRAM } from './measure/measurer.js';
import type { ProbeReply } from './measure/probe.js';
import type { JobRequest } from './measure/program.js';
import { describeOwnJob } from './report.js';
import { jobFigures, type JobResult } from './result.js';
import { JOB_OPTIONS, type JobSettings, jobSettings } from './settings.js';

/** Time limit for loading the module and its inputs. */
const PROBE_LIMIT_MS = 120_000;

/** The scenario that measures a user's job. */
export const job: Scenario<JobSettings, JobResult> = {
  name: 'job',
  summary: "your own job, './jobs.js#render': its cost, and pool settings for it (--advise)",
  options: JOB_OPTIONS,
  settings: jobSettings,
  check,
  measure: measureJob,
  describe: describeOwnJob,
  figures: jobFigures,
};

/** Loads the module and the inputs once, before anything is measured. @throws UsageError */
async function check(
  { job: name, input, seed }: JobSettings,
  { signal }: Surroundings,
): Promise<void> {
  const request: JobRequest = { kind: 'probe', job: name, input, seed };
  let reply: ProbeReply;
  try {
    reply = await measureFresh<ProbeReply>(PROGRAM, request, { limitMs: PROBE_LIMIT_MS, signal });
  } catch (error) {
    if (signal.aborted) return;
    throw new UsageError(
      `The job ${name.label} can't be measured: loading its module or its inputs failed. ` +
        (error as Error).message,
    );
  }
  if (reply.mistake !== undefined) throw new UsageError(reply.mistake);
}
