/**
 * Takes away what a gate has made, whoever dies: a process of its own, which is told what there will
 * be, and which ends and removes all of it when the gate has gone, be it by SIGKILL.
 *
 * Invariants: there is one way of cleaning, which the normal end takes too: the janitor's standard
 * input ends. It is told before a thing is made, and has been told when the promise fulfils: the
 * message is then in the system's hands. It doesn't keep its parent alive.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { builtFile } from '../../process/built-file.js';

/** What the janitor is told: one JSON text a line. */
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

  /** Starts one, in a session of its own: Ctrl-C and the end of the terminal don't reach it. */
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
    // What can't be written is told to whoever wrote it.
    this.#process.stdin.on('error', () => {});
    this.#exited = new Promise((fulfil) => {
      this.#process.once('exit', (code, signal) => fulfil(signal ?? `exit code ${code}`));
      this.#process.once('error', (error) => fulfil(error.message));
    });
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Removes a file, or a folder and all that is in it. @throws Error where no janitor is there */
  async removePath(path: string): Promise<void> {
    await this.#tell({ kind: 'remove', path: resolve(path) });
  }

  /** Removes a folder if nothing is in it by then. @throws Error where no janitor is there */
  async removeIfEmpty(path: string): Promise<void> {
    await this.#tell({ kind: 'removeIfEmpty', path: resolve(path) });
  }

  /**
   * Ends a process group, and waits until it is gone, before anything is removed.
   *
   * @returns What to call when the group has ended by itself, as its number may then be used again.
   * @throws Error where no janitor is there
   */
  async endGroup(group: number): Promise<() => Promise<void>> {
    await this.#tell({ kind: 'end', group });
    return async () => await this.#tell({ kind: 'forget', group });
  }

  /**
   * Has everything ended and removed, the latest first, and waits for it. What can't be removed is
   * said on stderr. A second call waits too.
   *
   * @throws Error where the janitor has ended before, so that things may be left
   */
  async close(): Promise<void> {
    this.#process.ref();
    this.#process.stdin.end();
    const how = await this.#exited;
    if (how !== 'exit code 0') throw new Error(`What a gate has made may be left: ${gone(how)}`);
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
  return `The process that tidies up has ended: ${how}.`;
}
