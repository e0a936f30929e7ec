/**
 * Ends a thread in order: lets its last functions end, runs the module's teardown, flushes the console, and releases
 * all ports, so that the thread ends when its event loop is empty. Native work that nobody awaits is not cut off:
 * ending a thread during it can abort the process.
 *
 *     running ──begin──▶ waiting for functions ──▶ tearing down ──▶ flushing ──▶ (loop empty) gone
 *
 * Invariant: teardown runs at most once, and never while a function can still go on. A function whose promise nothing
 * can settle any more, as the loop is empty, counts as ended.
 */
import * as timers from 'node:timers';
import { MessagePort } from 'node:worker_threads';

/** Taken at the start, as a job module may replace it. */
const { setImmediate } = timers;

/** The parts of a thread that its drain needs. */
export interface DrainHost {
  /** Calls back when no job function is running, at once if none is. */
  whenIdle(idle: () => void): void;
  /** The module's teardown, or undefined if it has none. */
  readonly teardown: (() => unknown) | undefined;
  /** @param isHeld - Whether open handles keep the event loop alive. If none do, native work may. */
  drained(isHeld: boolean): void;
  stray(error: unknown): void;
}

/** The ports that keep this thread's event loop alive now, before a job module opens its own. */
export function openPorts(): MessagePort[] {
  const { _getActiveHandles: handles } = process as unknown as {
    readonly _getActiveHandles: (this: NodeJS.Process) => unknown[];
  };
  return handles.call(process).filter((handle) => handle instanceof MessagePort);
}

export class Drain {
  readonly #ports: readonly MessagePort[];
  readonly #host: DrainHost;
  #hasBegun = false;
  #isDrained = false;

  /** @param ports - The ports that keep the event loop alive. */
  constructor(ports: readonly MessagePort[], host: DrainHost) {
    this.#ports = ports;
    this.#host = host;
  }

  /**
   * Begins to drain. Once drained, another call reports again what keeps the thread alive.
   *
   * @param withTeardown - False at the exit of the process, which only waits for native work.
   */
  begin(withTeardown: boolean): void {
    for (const port of this.#ports) port.unref();
    if (this.#isDrained) return this.#report();
    if (this.#hasBegun || !withTeardown) return;
    this.#hasBegun = true;
    let isOver = false;
    const next = (): void => {
      if (isOver) return;
      isOver = true;
      process.off('beforeExit', next);
      void this.#finish();
    };
    process.once('beforeExit', next);
    this.#host.whenIdle(next);
  }

  async #finish(): Promise<void> {
    const { teardown } = this.#host;
    if (teardown !== undefined) {
      try {
        await teardown();
      } catch (error) {
        this.#host.stray(error);
      }
    }
    await this.#flush();
    this.#isDrained = true;
    this.#report();
  }

  /** Reports in a later turn, so that handles closed in this one don't count. */
  #report(): void {
    setImmediate(() => {
      const held = process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate');
      this.#host.drained(held.length > 0);
    });
  }

  /** Flushes the console: a stream of a thread calls back when the main side has taken the data and asked for more. */
  async #flush(): Promise<void> {
    const unsent = [process.stdout, process.stderr].filter((stream) => stream.writableLength > 0);
    if (unsent.length === 0) return;
    for (const port of this.#ports) port.ref();
    await Promise.all(
      unsent.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))),
    );
    for (const port of this.#ports) port.unref();
  }
}
