/**
 * The options of `pool.map`: their defaults and their validation.
 *
 * Invariant: what leaves this file is valid; nothing behind it checks again.
 */
import {
  checkSubmitOptions,
  type JobTimeouts,
  oneOf,
  record,
  type SubmitOptions,
  whole,
  withDefault,
} from './options.js';

/** What a map may have pulled and not delivered: running jobs, and results that nobody has taken. */
export interface MapWindow {
  /** Items. Default: four times `inFlight`, at least 64. */
  readonly items?: number;
  /**
   * Bytes: nothing is pulled while inputs and results take as many. What is in flight then may exceed it by its
   * results. An item that alone is larger goes alone. Default: the pool's `backlog.bytes`.
   */
  readonly bytes?: number;
}

/** The options of `pool.map`. */
export interface MapOptions {
  /**
   * Jobs that are in flight at most. Default: two for each slot, and 256 while the function's mean time is below 1 ms.
   * Never more than the pool has places, nor than the window has items.
   */
  readonly inFlight?: number;
  /** What is pulled and not delivered, at most; a number means `{ items }`. */
  readonly window?: number | MapWindow;
  /** Whether results come in the order of the items, or as soon as they are there. Default true. */
  readonly ordered?: boolean;
  /**
   * `'stop'` (the default): the first error ends the map. It is thrown in its place in the order: earlier jobs finish and
   * are delivered, later ones are taken back or cancelled. Without order it comes behind what had ended before it.
   *
   * `'settle'`: every item gives `{ index, status: 'fulfilled', value }` or `{ index, status: 'rejected', reason }`. What
   * the source throws, and a pool that takes no more jobs, end the map all the same.
   */
  readonly onError?: 'stop' | 'settle';
  /** Ends the map: jobs are taken back or cancelled, the source is closed, `signal.reason` is thrown. */
  readonly signal?: AbortSignal;
  /** The timeouts of each job. */
  readonly timeout?: number | JobTimeouts;
  /** The pool's `graceMs` for each job. */
  readonly graceMs?: number;
}

/** A map's options, checked; undefined for what depends on the pool and on how long its jobs take. */
export interface MapSettings {
  readonly inFlight: number | undefined;
  readonly items: number | undefined;
  readonly bytes: number | undefined;
  readonly ordered: boolean;
  readonly onError: 'stop' | 'settle';
  readonly signal: AbortSignal | undefined;
  /** What each job is submitted with. */
  readonly jobOptions: SubmitOptions | undefined;
}

const MAP_OPTIONS = ['inFlight', 'window', 'ordered', 'onError', 'signal', 'timeout', 'graceMs'];

/** Completes and checks the options of a map. @throws InvalidOptionError */
export function mapSettings(options: unknown = {}): MapSettings {
  const given = record('options', options, MAP_OPTIONS);
  const { signal, timeout, graceMs } = given as MapOptions;
  const most = Number.MAX_SAFE_INTEGER;
  const window =
    typeof given['window'] === 'number'
      ? { items: given['window'] }
      : record('window', withDefault(given['window'], {}), ['items', 'bytes']);
  const itemsName = typeof given['window'] === 'number' ? 'window' : 'window.items';
  const jobOptions = {
    ...(timeout !== undefined && { timeout }),
    ...(graceMs !== undefined && { graceMs }),
  };
  checkSubmitOptions({ ...jobOptions, ...(signal !== undefined && { signal }) });
  return {
    inFlight: whole('inFlight', given['inFlight'], 1, most),
    items: whole(itemsName, window['items'], 1, most),
    bytes: whole('window.bytes', window['bytes'], 1, most),
    ordered: oneOf<boolean>('ordered', given['ordered'], [true, false]) ?? true,
    onError: oneOf('onError', given['onError'], ['stop', 'settle'] as const) ?? 'stop',
    signal,
    // Without any a job costs no memory for them.
    jobOptions: Object.keys(jobOptions).length === 0 ? undefined : jobOptions,
  };
}
