/**
 * The options of `pool.group`: their defaults and their validation.
 *
 * Invariant: what leaves this file is complete and valid.
 */
import { checkSubmitOptions, oneOf, record } from './options.js';

/** The options of `pool.group`. */
export interface GroupOptions {
  /** Cancels the group; its jobs reject with `signal.reason`. */
  readonly signal?: AbortSignal;
  /**
   * Whether the first failure of a job (rejected, timed out, dropped or refused) cancels the others. Default true.
   * Cancelling a job by its handle or by its own signal is not a failure.
   */
  readonly failFast?: boolean;
}

/** A group's options, complete. */
export interface GroupSettings {
  readonly signal: AbortSignal | undefined;
  readonly failFast: boolean;
}

/** Completes and checks the options of a group. @throws InvalidOptionError */
export function groupSettings(options: unknown = {}): GroupSettings {
  const given = record('options', options, ['signal', 'failFast']);
  const { signal } = given as GroupOptions;
  if (signal !== undefined) checkSubmitOptions({ signal });
  return {
    signal,
    failFast: oneOf<boolean>('failFast', given['failFast'], [true, false]) ?? true,
  };
}
