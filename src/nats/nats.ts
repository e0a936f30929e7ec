/** The public surface of `millrace/nats`: the same job functions and the same promise beyond one machine. */
export { provision } from './server/provision.js';
export type { RemoteLimits, Retention } from './server/limits.js';
export {
  type RemoteArguments,
  type RemoteCloseReport,
  RemotePool,
  type RemoteStats,
} from './submit/remote-pool.js';
export type { RemoteEnding, RemoteJob } from './submit/remote-job.js';
export type { RemoteOptions } from './server/connection.js';
export type { RemotePoolOptions, RemoteSubmitOptions } from './submit/pool-options.js';
export type { Encoding } from './message/codec.js';
export type { ServedPool } from './node/node-job.js';
export { serve, type ServeOptions, type ServingNode } from './node/serve.js';
export {
  DeadLetterError,
  DuplicateJobError,
  RemoteFullError,
  RemoteSetupError,
  ResultLostError,
  ResultTooLargeError,
  type SetupFault,
} from './errors.js';
