/**
 * Whether a job can be run: its module loads on a thread, exports it, and its inputs can be read.
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

/** What a probe answers. */
export interface ProbeReply extends Measured {
  /** The user's mistake, in a sentence that says what is valid. */
  readonly mistake?: string;
}

/** Looks at the module, then at the inputs. */
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

/** The functions of a module as a pool sees them, which it tells whoever asks for one that is not there. */
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

/** A name that nobody gives a function. */
const NO_JOB = '(none)';
