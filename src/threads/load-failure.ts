/**
 * Makes the error for a pool whose threads do not start or do not load the job module: whose fault it is,
 * and the way out.
 *
 * Invariant: the job module is blamed only for what happened when it was its turn, which is after the
 * thread has greeted. Before that come Node's permission, Piscina's own file, preloads and the host.
 */
import { InvalidOptionError, ModuleLoadError } from '../api/errors.js';
import type { Settings } from '../api/options.js';

/** Makes the error for a thread that Node refuses to create. */
export function startFailure(
  settings: Settings,
  error: unknown,
): ModuleLoadError | InvalidOptionError {
  const options = Object.keys(settings.threadOptions).join(', ');
  if (options === '' || forbidden(error) !== undefined) return loadFailure(settings, error, false);
  return new InvalidOptionError(
    options,
    `Node refuses an option that is passed on to the threads (${options}): ${(error as Error).message}`,
    error,
  );
}

/**
 * Makes the error for threads that end, or fail to load the job module, again and again.
 *
 * @param wasGreeted - Whether the last of them had come so far as to be told to load the module.
 */
export function loadFailure(
  settings: Settings,
  cause: unknown,
  wasGreeted: boolean,
): ModuleLoadError {
  const { module, hostPath } = settings;
  const known = forbidden(cause);
  if (wasGreeted) return new ModuleLoadError(module, cause, true, known);
  return new ModuleLoadError(
    module,
    cause,
    false,
    known ??
      (isPiscinaMissing(cause)
        ? 'That file is part of Piscina, and Piscina part of a bundle: keep piscina external ' +
          '(docs/runtime.md, Bundlers).'
        : "It was not the job module's turn yet. Look at what execArgv and NODE_OPTIONS preload, at " +
          `resourceLimits, and whether the host, ${hostPath}, is the file of 'millrace/host'.`),
  );
}

/** Names the flag that is missing if Node's permission model stands in the way. */
function forbidden(error: unknown): string | undefined {
  const { code, permission, resource } = fields(error);
  if (code !== 'ERR_ACCESS_DENIED') return undefined;
  if (permission === 'WorkerThreads') {
    return "Node's permission model forbids worker threads: start Node with --allow-worker.";
  }
  return `Node's permission model forbids ${String(permission)} of ${String(resource)}: see its --allow flags.`;
}

/** Piscina starts its threads with a `worker.js` that lies beside it; beside a bundle there is none. */
function isPiscinaMissing(cause: unknown): boolean {
  const { code, message } = fields(cause);
  // A preload that is missing is told with a stack of requires behind it.
  return (
    code === 'MODULE_NOT_FOUND' && /^Cannot find module '.*[\\/]worker\.js'$/.test(String(message))
  );
}

function fields(error: unknown): Readonly<Record<string, unknown>> {
  return (error ?? {}) as Record<string, unknown>;
}
