/**
 * Follows one worker thread from its boot to its end, and owns the permanent link to its host.
 *
 *     booting ──▶ greeted ──▶ loading ──▶ ready ──▶ gone
 *        └───────────┴───────────┴─────────────────▲
 *
 * Invariants: the state only moves forward; `gone` is reported once, after the last message of the thread and
 * after its exit; the link alone keeps no process alive.
 */
import { deserialize } from 'node:v8';
import type { MessagePort, Worker } from 'node:worker_threads';
import { sharedNowMs } from '../wire/clock.js';
import type { Link, Loss, Receiver } from '../dispatch/lane.js';
import { onMessage } from '../wire/port.js';
import { BELL, type Hello, Kind } from '../wire/protocol.js';
import { AHEAD_CELLS, Rings } from '../wire/rings.js';
import { decodeThrown, type EncodedError } from '../wire/thrown.js';

/** What a thread's link reports. */
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

/** Deserializes an error that was serialized by hand, so that its message can't fail to be read. */
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
  #receiver: Receiver | undefined;
  readonly #slots: number;
  readonly #loadTimeoutMs: number;
  /** Limits the thread's next step: to greet, to be told to load, to be ready. */
  #timer: NodeJS.Timeout | undefined;
  /** Why the thread ends; what was thrown may be anything, even undefined. */
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

  /** Whether the thread has greeted: what goes wrong before that is not the module's fault. */
  get wasGreeted(): boolean {
    return this.#port !== undefined;
  }

  get threadId(): number {
    return this.#worker.threadId;
  }

  /** Takes the port that the host has sent. */
  greet(hello: Hello): void {
    this.state = 'greeted';
    this.#clearTimer();
    this.#port = hello.port;
    onMessage(this.#port, (message) => this.#receive(message));
    this.#port.on('messageerror', (error: unknown) => this.#receiver?.unreadable(error));
    this.#port.on('close', () => {
      this.#isClosed = true;
      this.#maybeGone();
    });
    this.#port.unref();
    this.#startedOrFailed();
  }

  /** Lets the host load the job module after this many milliseconds. */
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

  deliverTo(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  post(message: unknown, transfer?: readonly unknown[]): void {
    this.#port?.postMessage(message, transfer as never);
  }

  /**
   * Fulfills when all that code on the thread has written to stdout and stderr is on this side, when the
   * thread is gone, or after this many milliseconds.
   */
  flush(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      // The answer may have arrived while the main thread was busy: timers run before messages do.
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

  /** Expects nothing more of the thread: this link or its owner is about to end it. */
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

  /** Limits the thread's next step to the load timeout. */
  #limit(): void {
    const limitMs = this.#loadTimeoutMs;
    const timer = setTimeout(() => {
      // If the main thread was busy the answer may be here already: timers run before messages do.
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
    this.#receiver?.receive(message);
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
