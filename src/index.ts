/** The public surface of millrace. */
export { type CloseReport, Pool, type PoolEvents } from './pool.js';
export type { Ending, Job, JobState } from './job/job.js';
export type { RetirementReason } from './dispatch/lane.js';
export type { UnfinishedJob } from './schedule/closing.js';
export type { PoolStats } from './schedule/snapshot.js';
export type { TimeStats } from './job/stats.js';
export type {
  BacklogOptions,
  CloseOptions,
  JobTimeouts,
  Overflow,
  PoolOptions,
  SubmitOptions,
  ThreadHook,
} from './api/options.js';
export type { Cloned, JobArguments, JobName, JobResult, UntypedModule } from './api/types.js';
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
  UnsupportedRuntimeError,
} from './api/errors.js';
