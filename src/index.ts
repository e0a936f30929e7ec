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
export type { GroupOptions } from './api/group-options.js';
export type { Group } from './group/group.js';
export type { MapOptions, MapWindow } from './api/map-options.js';
export type { MapOutcome } from './map/mapping.js';
export type { MapRows } from './map/rows.js';
export type { MapSource } from './map/source.js';
export type {
  Cloned,
  JobArguments,
  JobInput,
  JobName,
  JobResult,
  UntypedModule,
} from './api/types.js';
export {
  BacklogFullError,
  type BacklogLimit,
  type ErrorCode,
  GroupClosedError,
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
