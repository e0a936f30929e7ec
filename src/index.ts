/** The public surface of millrace. */
export { type CloseReport, Pool, type PoolEvents } from './pool.js';
export type { Ending, Job, JobState } from './job.js';
export type { UnfinishedJob } from './closing.js';
export type { PoolStats } from './snapshot.js';
export type { TimeStats } from './stats.js';
export type {
  BacklogOptions,
  CloseOptions,
  JobTimeouts,
  Overflow,
  PoolOptions,
  SubmitOptions,
} from './options.js';
export type { Cloned, JobArguments, JobName, JobResult, UntypedModule } from './types.js';
export {
  BacklogFullError,
  type BacklogLimit,
  InvalidOptionError,
  JobDroppedError,
  JobTimeoutError,
  JobTooLargeError,
  MillraceError,
  ModuleLoadError,
  NestedPoolError,
  NotCloneableError,
  PoolClosedError,
  ThreadLostError,
  type TimeoutPhase,
  UnknownJobError,
} from './errors.js';
