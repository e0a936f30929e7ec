/**
 * Finds the functions of the job module that a thread calls at its start and at its end.
 *
 * Invariant: an option that names no function is an error with the option and the functions that exist; an error of the
 * setup names the option, too.
 */
import type { ThreadInfo } from '../src/api/worker.js';
import type { HostedJob } from './runner.js';

/**
 * The hook of an option, ready to be called; undefined if the option is not given.
 *
 * @throws TypeError if the module exports no function of that name.
 */
export function bindHook(
  option: 'setup' | 'teardown',
  name: string | undefined,
  functions: ReadonlyMap<string, HostedJob['execute']>,
  thread: ThreadInfo,
): (() => unknown) | undefined {
  if (name === undefined) return undefined;
  const hook = functions.get(name);
  if (hook === undefined) {
    const known =
      functions.size === 0 ? 'it exports none' : `it exports ${[...functions.keys()].join(', ')}`;
    throw new TypeError(
      `Option '${option}' is '${name}', which is no exported function of the job module: ${known}`,
    );
  }
  return () => Reflect.apply(hook, undefined, [thread]);
}

/**
 * Runs the setup of a thread, if it has one.
 *
 * @throws Error that names the option, with the thrown value as its cause.
 */
export async function runSetup(
  name: string | undefined,
  setup: (() => unknown) | undefined,
): Promise<void> {
  try {
    await setup?.();
  } catch (cause) {
    throw new Error(`Option 'setup' is '${name}', which failed: ${textOf(cause)}`, { cause });
  }
}

function textOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'it threw a value without a text';
  }
}
