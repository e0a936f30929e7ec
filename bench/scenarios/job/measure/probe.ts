/**
 * Checks whether a job can be run: its module loads on a thread and exports it, and its inputs can be read.
 *
 * Invariant: the job itself is not called.
 */
import { ModuleLoadError, Pool, UnknownJobError } from '../../../../src/index.js';
import { UsageError } from '../../../options/flags.js';
import type { Measured } from '../../../process/fresh-process.js';
import { didYouMean } from '../../../options/nearest.js';
import { loadInputs } from '../../../user-job/inputs.js';
import type { JobName } from '../../../user-job/module-name.js';
import type { Subject } from './user-job.js';

/** The reply of a probe. */
export interface ProbeReply extends Measured {
  /** Describes the user's mistake and says what is valid; absent if there is none. */
  readonly mistake?: string;
}

/** Checks the module, then the inputs. */
export async function probe({ job, input }: Omit<Subject, 'seed'>): Promise<ProbeReply> {
  try {
    await checkExport(job);
    await loadInputs(input);
    return { kind: 'measured' };
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'measured', mistake: error.message };
    throw error;
  }
}

async function checkExport({ label, module, name }: Subject['job']): Promise<void> {
  const known = await exportedJobs(module);
  if (known.includes(name)) return;
  const file = label.slice(0, label.lastIndexOf('#'));
  const has = known.length === 0 ? 'it exports no function' : `it exports ${known.join(', ')}`;
  throw new UsageError(
    `The module '${file}' has no function '${name}': ${has}.${didYouMean(name, known)}` +
      (name === 'default' && known.length > 0 ? ` Add its name: '${file}#${known[0]}'.` : ''),
  );
}

/** Lists the functions that a pool finds in a module, taken from its error about an unknown name. */
async function exportedJobs(module: JobName['module']): Promise<readonly string[]> {
  await using pool = new Pool(module, { threads: 1 });
  try {
    await pool.ready();
    await pool.run(NO_JOB);
    return [NO_JOB];
  } catch (error) {
    if (error instanceof UnknownJobError) return error.known;
    if (error instanceof ModuleLoadError) throw new UsageError(error.message);
    throw error;
  }
}

/** A name that no function has. */
const NO_JOB = '(none)';
