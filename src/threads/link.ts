/**
 * One worker thread of the pool and the permanent link to its host.
 *
 *     booting ──▶ greeted ──▶ loading ──▶ ready ──▶ gone
 *        └───────────┴───────────┴─────────────────▲
 *
 * Invariants: the state only moves on; `gone` is told once, after the last message of the thread and
 * after its exit; the link alone keeps no process alive.
 */
import { deserialize } from 'node:v8';
import type { MessagePort, Worker } from 'node:worker_threads';
import type { Loss } from '../dispatch/dispatcher.js';
import { sharedNowMs } from '../wire/clock.js';
import { AHEAD_CELLS, type Link } from '../dispatch/lane.js';
import { onMessage } from '../wire/port.js';
import { BELL, type Hello, Kind } from '../wire/protocol.js';
import { Rings } from '../wire/rings.js';
import { decodeThrown, type EncodedError } from '../wire/thrown.js';

/** What a thread's link tells. */
export interface LinkEvents {
  ready(link: ThreadLink): void;
  /** The module did not load. The thread is being stopped. */
  loadFailed(link: ThreadLink, error: unknown): void;
  /** A rejection that nobody handled, or an uncaught exception. */
  stray(error: unknown): void;
  gone(link: ThreadLink, loss: Loss): void;
  /** `isBusyStarting` is false now. */
  startedOrFailed(link: ThreadLink): void;
}

/** Serialised by hand, so that it can't be a message that fails to be read. */
function readThrown(bytes: Uint8Array): unknown {
  try {
    return decodeThrown(deserialize(bytes) as EncodedError);
  } catch (error) {
    return error;
  }
}

export class ThreadLink implements Link {
  readonly rings: Rings;
  names: readonly string[] = [];
  readonly clockOffsetMs: number = performance.now() - sharedNowMs();
  state: 'booting' | 'greeted' | 'loading' | 'ready' | 'gone' = 'booting';
  onMessage: (message: unknown) => void = () => {};
  onUnreadable: (error: unknown) => void = () => {};
  /** Whether the thread has answered a job since this was last reset. */
  hasAnswered = false;
  /** Whether the thread is in the middle of booting or of loading the module. */
  isBusyStarting = true;
  /** Whether the module was loaded. */
  wasReady = false;
  /** Whether the pool ended the thread, so that its end is no mishap. */
  isStopped = false;
  readonly #worker: Worker;
  readonly #events: LinkEvents;
  #port: MessagePort | undefined;
  readonly #slots: number;
  readonly #loadTimeoutMs: number;
  /** For what the thread does next: greet, be told to load, be ready. */
  #timer: NodeJS.Timeout | undefined;
  /** Why the thread ends; what was thrown may be anything, undefined too. */
  #reason: { readonly error: unknown } | undefined;
  #isUncaught = false;
  #flushed: (() => void) | undefined;
  #exitCode: number | undefined;
  #isClosed = false;

  /**
   * @param slots - How many jobs the thread runs at once.
   * @param loadTimeoutMs - How long it may take from its start to its greeting, and again from
   *   `load` to readiness.
   */
  constructor(worker: Worker, slots: number, loadTimeoutMs: number, events: LinkEvents) {
    this.#worker = worker;
    this.#events = events;
    this.#loadTimeoutMs = loadTimeoutMs;
    this.#slots = slots;
    this.rings = Rings.allocate(slots + AHEAD_CELLS);
    worker.on('error', (error) => {
      this.#reason ??= { error };
    });
    worker.on('exit', (code) => {
      this.#exitCode = code;
      if (this.#port === undefined) this.#isClosed = true;
      this.#maybeGone();
    });
    this.#limit();
  }

  /** Whether the thread has come so far as to greet: what goes wrong before is not up to the module. */
  get wasGreeted(): boolean {
    return this.#port !== undefined;
  }

  get threadId(): number {
    return this.#worker.threadId;
  }

  /** The host has introduced itself. */
  greet(hello: Hello): void {
    this.state = 'greeted';
    this.#clearTimer();
    this.#port = hello.port;
    onMessage(this.#port, (message) => this.#receive(message));
    this.#port.on('messageerror', (error: unknown) => this.onUnreadable(error));
    this.#port.on('close', () => {
      this.#isClosed = true;
      this.#maybeGone();
    });
    this.#port.unref();
    this.#startedOrFailed();
  }

  /** Lets the host load the job module, so many milliseconds from now. */
  load(moduleUrl: string, delayMs: number): void {
    if (this.isStopped || this.state !== 'greeted') return;
    if (delayMs > 0) {
      this.#timer = setTimeout(() => this.load(moduleUrl, 0), delayMs).unref();
      return;
    }
    this.state = 'loading';
    this.isBusyStarting = true;
    this.#limit();
    const { memory, cells } = this.rings;
    this.post([Kind.boot, moduleUrl, memory, cells, this.#slots]);
  }

  post(message: unknown, transfer?: readonly unknown[]): void {
    this.#port?.postMessage(message, transfer as never);
  }

  /**
   * Fulfils when all that code on the thread has written to stdout and stderr is on this side, when the
   * thread is gone, or when so many milliseconds are over.
   */
  flush(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      // The answer may have arrived while this thread was busy: timers run before messages do.
      const timer = setTimeout(() => setImmediate(resolve), graceMs).unref();
      this.#flushed = () => {
        clearTimeout(timer);
        resolve();
      };
      this.post([Kind.flush]);
    });
  }

  stop(): void {
    this.renounce();
    void this.#worker.terminate();
  }

  /** The thread is about to be ended, by this link or by its owner: nothing is expected of it. */
  renounce(): void {
    this.isStopped = true;
    this.#clearTimer();
  }

  #startedOrFailed(): void {
    if (!this.isBusyStarting) return;
    this.isBusyStarting = false;
    this.#events.startedOrFailed(this);
  }

  #clearTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** What the thread does next must not take longer than the load timeout. */
  #limit(): void {
    const limitMs = this.#loadTimeoutMs;
    const timer = setTimeout(() => {
      // When this thread was busy the answer may be here already: timers run before messages do.
      setImmediate(() => {
        if (this.#timer !== timer) return;
        this.#fail(new Error(`it took longer than loadTimeoutMs = ${limitMs}`));
      });
    }, limitMs).unref();
    this.#timer = timer;
  }

  #fail(error: unknown): void {
    if (this.isStopped) return;
    this.#reason ??= { error };
    this.stop();
    this.#events.loadFailed(this, error);
  }

  /** Short, so that it is compiled early and into its caller: nearly every message is a bell. */
  #receive(message: unknown): void {
    if (message === BELL) this.#answered(message);
    else this.#read(message);
  }

  #read(message: unknown): void {
    const [kind, content] = message as [number, unknown];
    switch (kind) {
      case Kind.ready:
        this.#startedOrFailed();
        if (this.isStopped) return;
        this.state = 'ready';
        this.wasReady = true;
        this.#clearTimer();
        this.names = content as string[];
        return this.#events.ready(this);
      case Kind.loadFailed:
        this.#startedOrFailed();
        return this.#fail(readThrown(content as Uint8Array));
      case Kind.crash:
        this.#reason = { error: readThrown(content as Uint8Array) };
        this.#isUncaught = true;
        return;
      case Kind.flushed:
        return this.#flushed?.();
      case Kind.stray:
        return this.#events.stray(readThrown(content as Uint8Array));
      default:
        return this.#answered(message);
    }
  }

  #answered(message: unknown): void {
    this.hasAnswered = true;
    this.onMessage(message);
  }

  /** The port's last message comes before its close; the exit code may come before or after. */
  #maybeGone(): void {
    if (!this.#isClosed || this.#exitCode === undefined || this.state === 'gone') return;
    this.state = 'gone';
    this.#clearTimer();
    this.#startedOrFailed();
    this.#flushed?.();
    if (!this.isStopped) {
      this.#reason ??= { error: new Error(`the thread exited with code ${this.#exitCode}`) };
    }
    const cause = this.#reason?.error;
    if (!this.wasReady && !this.isStopped) this.#events.loadFailed(this, cause);
    this.#events.gone(this, {
      cause,
      isUncaught: this.#isUncaught,
      isDeliberate: this.isStopped,
    });
  }
}
