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

/** Bounds the items that a map has pulled and not delivered: jobs in flight, and results that were not read yet. */
export interface MapWindow {
  /** Max items. Default: four times `inFlight`, min 64. */
  readonly items?: number;
  /**
   * Max bytes of inputs and results; while this is reached, no item is pulled. Results of jobs in flight may exceed it.
   * A larger item is processed alone. Default: the pool's `backlog.bytes`.
   */
  readonly bytes?: number;
}

/**
 * The options of `pool.map`.
 *
 * @example
 * ```ts
 * const lines = ['[1]', 'no JSON', '[2]'];
 * for await (const row of pool.map('parse', lines, { onError: 'settle' })) {
 *   if (row.status === 'rejected') console.log(`line ${row.index} is invalid`); // line 1 is invalid
 * }
 * ```
 */
export interface MapOptions {
  /**
   * Max jobs in flight. Default: two per slot, and 256 while the function's mean run time is below 1 ms. Capped by the
   * pool's capacity (slots plus `backlog.jobs`) and by `window.items`.
   */
  readonly inFlight?: number;
  /** The window of items that are pulled and not delivered; a number means `{ items }`. */
  readonly window?: number | MapWindow;
  /** Whether results are delivered in the order of the items (the default), or as soon as they are available. */
  readonly ordered?: boolean;
  /**
   * `'stop'` (the default): the first error ends the map. It is thrown at its place in the order: earlier jobs finish
   * and are delivered, later ones are taken back or cancelled. With `ordered: false` it is thrown after the results
   * that were available before it.
   *
   * `'settle'`: each item yields `{ index, status: 'fulfilled', value }` or `{ index, status: 'rejected', reason }`. An
   * error of the source, an unknown function, and a pool that takes no more jobs still end the map.
   */
  readonly onError?: 'stop' | 'settle';
  /** Ends the map: jobs are taken back or cancelled, the source is closed, and `signal.reason` is thrown. */
  readonly signal?: AbortSignal;
  /** The timeouts of each job. */
  readonly timeout?: number | JobTimeouts;
  /** Overrides the pool's `graceMs` for each job. */
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
  /** The options that each job is submitted with. */
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
