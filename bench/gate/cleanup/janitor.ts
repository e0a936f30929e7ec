/**
 * Removes what a gate has created, however the gate ends: a separate process is told in advance what there will be, and
 * ends and removes all of it when the gate is gone, even by SIGKILL.
 *
 * Invariants: there is one way of cleaning up, also for a normal end: the janitor's standard input ends. An order is
 * sent before a thing is created, and its promise fulfills when the message is in the system's hands. The janitor
 * doesn't keep its parent alive.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { builtFile } from '../../process/built-file.js';

/** Orders to the janitor: one JSON text per line. */
export type JanitorOrder =
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'removeIfEmpty'; readonly path: string }
  | { readonly kind: 'end'; readonly group: number }
  | { readonly kind: 'forget'; readonly group: number };

const PROGRAM = fileURLToPath(builtFile('bench/gate/cleanup/janitor-program.js'));

/** A running janitor. */
export class Janitor {
  readonly #process: ChildProcessByStdio<Writable, null, null>;
  readonly #exited: Promise<string>;

  /** Starts a janitor in a session of its own: Ctrl-C and the end of the terminal don't reach it. */
  static start(): Janitor {
    return new Janitor();
  }

  private constructor() {
    this.#process = spawn(process.execPath, [PROGRAM], {
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.#process.unref();
    // Write errors are reported to the writer.
    this.#process.stdin.on('error', () => {});
    this.#exited = new Promise((fulfil) => {
      this.#process.once('exit', (code, signal) => fulfil(signal ?? `exit code ${code}`));
      this.#process.once('error', (error) => fulfil(error.message));
    });
  }

  /** Undefined if it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Schedules the removal of a file, or of a folder with its contents. @throws Error if the janitor is not running */
  async removePath(path: string): Promise<void> {
    await this.#tell({ kind: 'remove', path: resolve(path) });
  }

  /** Schedules the removal of a folder, if it is empty by then. @throws Error if the janitor is not running */
  async removeIfEmpty(path: string): Promise<void> {
    await this.#tell({ kind: 'removeIfEmpty', path: resolve(path) });
  }

  /**
   * Schedules the end of a process group. It is waited for before anything is removed.
   *
   * @returns A function to call when the group has ended by itself, as its id may then be reused.
   * @throws Error if the janitor is not running
   */
  async endGroup(group: number): Promise<() => Promise<void>> {
    await this.#tell({ kind: 'end', group });
    return async () => await this.#tell({ kind: 'forget', group });
  }

  /**
   * Ends and removes everything, the latest first, and waits until that is done. What can't be removed is reported on
   * stderr. A second call waits too.
   *
   * @throws Error if the janitor had ended before, so that things may be left
   */
  async close(): Promise<void> {
    this.#process.ref();
    this.#process.stdin.end();
    const how = await this.#exited;
    if (how !== 'exit code 0')
      throw new Error(`Files and processes of the gate may be left: ${gone(how)}`);
  }

  async #tell(order: JanitorOrder): Promise<void> {
    const { stdin } = this.#process;
    const failure = await new Promise<Error | null | undefined>((fulfil) => {
      stdin.write(`${JSON.stringify(order)}\n`, fulfil);
    });
    if (failure) throw new Error(gone(failure.message), { cause: failure });
  }
}

function gone(how: string): string {
  return `The cleanup process ended: ${how}.`;
}
