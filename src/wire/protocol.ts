/**
 * Defines the messages between the main thread and a thread's host; jobs and small values cross in
 * `rings.ts`.
 *
 * Invariants: a message is `BELL` or an array that begins with its `Kind`. No two values share a
 * message, so that one that can't be cloned harms no other, and none shares identity with another.
 */

import type { MessagePort } from 'node:worker_threads';

/** Names the protocol in the greeting, so that two versions of the library never talk past each other. */
export const PROTOCOL = 'millrace/2';

/** Wakes the other side, so that it looks at the rings. */
export const BELL = 0;

/** The first field of every other message. */
export const Kind = {
  /** main → host: `[boot, moduleUrl, memory, cells, slots, hooks]`. Load the module. */
  boot: 1,
  /** main → host: `[input, cell, form, value]`, before the cell is submitted. */
  input: 2,
  /** main → host: `[ping]`. Answer at once. */
  ping: 3,
  /** host → main: `[ready, names]`. The module is loaded; job functions are known by their index here. */
  ready: 4,
  /** host → main: `[loadFailed, error]`. */
  loadFailed: 5,
  /** host → main: `[done, cell, form, value]`: a result too large for its cell, which this gives back. */
  done: 6,
  /** host → main: `[stray, error]`. A rejection that nobody handled; the thread goes on. */
  stray: 7,
  /** host → main: `[uncaught, error]`. An uncaught exception; the thread starts no more jobs. */
  uncaught: 8,
  /** host → main: `[pong]`. */
  pong: 9,
  /** main → host: `[told, cell]`. The cell's job was told to stop; answer as to a ping. */
  told: 10,
  /** host → main: `[progress, cell, form, value]`. How far the cell's job has come. */
  progress: 11,
  /** main → host: `[more, cell]`. The value has arrived; post the one that is kept. */
  more: 12,
  /** main → host: `[drain, withTeardown]`. Start no more jobs, and end when nothing is left to do. */
  drain: 13,
  /** host → main: `[drained, isHeld]`. The teardown is done; whether open handles keep the thread alive. */
  drained: 14,
} as const;

/** The form of the value in a message. */
export const Form = {
  /** The value itself. */
  plain: 0,
  /** A `Uint8Array` that is to be a Buffer again. */
  buffer: 1,
  /** `done` only: what the job threw, as an `EncodedError`. */
  thrown: 2,
  /** `done` only: why the result could not be sent, as an `EncodedError`. */
  notCloneable: 3,
  /** `done` only: why the input could not be read, as an `EncodedError`; the job has not run. */
  unreadable: 4,
  /** Never sent: the `done` came and can't be read. */
  unreadableResult: 5,
} as const;

/** The functions of the module that a thread calls at its start and at its end. */
export interface Hooks {
  readonly setup: string | undefined;
  readonly teardown: string | undefined;
}

/** The message that a thread's host sends through `parentPort` at its start. */
export interface Hello {
  readonly protocol: string;
  readonly threadId: number;
  readonly port: MessagePort;
}

/** Whether a message through `parentPort` is our host's greeting; a job module may post there too. */
export function isHello(message: unknown): message is Hello {
  return (message as Partial<Hello> | null | undefined)?.protocol === PROTOCOL;
}
