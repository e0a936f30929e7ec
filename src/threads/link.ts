/**
 * Follows one worker thread from its boot to its end, and owns the permanent link to its host.
 *
 *     booting ──▶ greeted ──▶ loading ──▶ ready ──▶ retired ──▶ draining ──▶ gone
 *        └───────────┴───────────┴──────────┴──────────┴───────────┼──▶ terminated
 *                                                                  ▼        ▼
 *                                                                 gone     gone
 *
 * Invariants: the state only moves forward; only a `ready` thread gets jobs, and who takes it out of this state orders
 * the replacement; `gone` is reported once, after the last message of the thread and after its exit; the link alone
 * keeps no process alive, nor does a thread that is being ended.
 */
import { deserialize } from 'node:v8';
import type { MessagePort, Worker } from 'node:worker_threads';
import { clearTimer, setTimerBehindMessages, type Timer } from '../api/timers.js';
import { sharedNowMs } from '../wire/clock.js';
import type { Link, Loss, Receiver, RetirementReason } from '../dispatch/lane.js';
import { onMessage } from '../wire/port.js';
import { BELL, type Hello, Kind } from '../wire/protocol.js';
import { AHEAD_CELLS, Rings } from '../wire/rings.js';
import { decodeThrown, type EncodedError } from '../wire/thrown.js';
import type { Settings } from '../api/options.js';

/** Receives the reports of a thread's link. */
export interface LinkEvents {
  ready(link: ThreadLink): void;
  /** The module did not load. The thread is being ended. */
  loadFailed(link: ThreadLink, error: unknown): void;
  /** A rejection that nobody handled. */
  stray(error: unknown): void;
  /** An exception that nobody caught. The thread starts no more jobs. */
  uncaught(link: ThreadLink, error: unknown): void;
  /** The thread was taken out of service: another one is due. */
  retired(link: ThreadLink, reason: RetirementReason): void;
  /** The thread is being ended by force. */
  terminated(link: ThreadLink): void;
  gone(link: ThreadLink, loss: Loss): void;
  /** `isBusyStarting` is false now. */
  startedOrFailed(link: ThreadLink): void;
}

/** The settings that a link needs. */
export type LinkSettings = Pick<
  Settings,
  'module' | 'concurrency' | 'loadTimeoutMs' | 'drainMs' | 'teardownMs' | 'hooks'
>;

export type LinkState =
  | 'booting'
  | 'greeted'
  | 'loading'
  | 'ready'
  | 'retired'
  | 'draining'
  | 'terminated'
  | 'gone';

/** How long a thread may drain on which jobs are left that were settled, or native work: that is not torn off. */
const NATIVE_WORK_MS = 30_000;
/** How long a job that has started may take to show whether it is synchronous. */
const UNDECIDED_MS = 20;
/** How long a draining thread may take to say what keeps it alive. */
const ANSWER_MS = 100;

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
  state: LinkState = 'booting';
  /** How long it took to become ready, in milliseconds; 0 until then. */
  bootMs = 0;
  /** Whether the thread has answered a job since this was last reset. */
  hasAnswered = false;
  /** Whether the thread is in the middle of booting or of loading the module. */
  isBusyStarting = true;
  /** Whether the module was loaded. */
  wasReady = false;
  /** Whether it was taken out of service while the pool went on. */
  wasRetired = false;
  readonly #worker: Worker;
  readonly #events: LinkEvents;
  readonly #settings: LinkSettings;
  /** Whether nothing but native work has kept the thread alive when it last said so; then that ends by itself. */
  hasNativeWork = false;
  #isDrained = false;
  /** When it was told to leave, at the exit of the process. */
  #leftMs = 0;
  /** Whether jobs that were settled still ran there when it began to drain. */
  #isOverAbandoned = false;
  readonly #startedMs = sharedNowMs();
  #port: MessagePort | undefined;
  #receiver: Receiver | undefined;
  /** Limits the thread's next step: to greet, to be ready, to tear down, to end. */
  #timer: Timer | undefined;
  /** Why the thread ends; what was thrown may be anything, even undefined. */
  #reason: { readonly error: unknown } | undefined;
  #exitCode: number | undefined;
  #isClosed = false;

  constructor(worker: Worker, settings: LinkSettings, events: LinkEvents) {
    this.#worker = worker;
    this.#events = events;
    this.#settings = settings;
    this.rings = Rings.allocate(settings.concurrency + AHEAD_CELLS);
    worker.on('error', (error) => {
      this.#reason ??= { error };
    });
    worker.on('exit', (code) => {
      this.#exitCode = code;
      if (this.#port === undefined) this.#isClosed = true;
      this.#maybeGone();
    });
    this.#limitStart();
  }

  /** Whether the thread has greeted: what goes wrong before that is not the module's fault. */
  get wasGreeted(): boolean {
    return this.#port !== undefined;
  }

  /** Whether the thread serves the pool, or is about to. */
  get isInService(): boolean {
    return !this.#isEnding && this.state !== 'gone';
  }

  /** Whether the pool has seen to the thread's end, so that it is no mishap. */
  get #isEnding(): boolean {
    return this.state === 'retired' || this.state === 'draining' || this.state === 'terminated';
  }

  /** Takes the port that the host has sent, and lets the host load the job module. */
  greet(hello: Hello): void {
    this.#port = hello.port;
    onMessage(this.#port, (message) => this.#receive(message));
    this.#port.on('messageerror', (error: unknown) => this.#receiver?.unreadable(error));
    this.#port.on('close', () => {
      this.#isClosed = true;
      this.#maybeGone();
    });
    this.#port.unref();
    if (this.state !== 'booting') return this.#startedOrFailed();
    this.state = 'greeted';
    this.#load();
  }

  #load(): void {
    this.state = 'loading';
    this.#limitStart();
    const { memory, cells } = this.rings;
    const { module, concurrency, hooks } = this.#settings;
    this.post([Kind.boot, module, memory, cells, concurrency, hooks]);
  }

  deliverTo(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  post(message: unknown, transfer?: readonly unknown[]): void {
    this.#port?.postMessage(message, transfer as never);
  }

  retire(reason: RetirementReason): void {
    if (!this.isInService) return;
    this.state = 'retired';
    this.wasRetired = true;
    this.#events.retired(this, reason);
  }

  drain(isOverAbandoned: boolean): void {
    if (this.state !== 'ready' && this.state !== 'retired') return;
    this.state = 'draining';
    this.#isOverAbandoned = isOverAbandoned;
    const { teardownMs, hooks } = this.#settings;
    if (isOverAbandoned) this.#limitEnd(NATIVE_WORK_MS);
    else if (hooks.teardown === undefined) this.#limitDrain();
    else this.#limitEnd(teardownMs);
    this.post([Kind.drain, true]);
  }

  /** Ends the thread, in order if it can: its module is loaded, and no job that was cut off blocks it. */
  end(): void {
    if (this.#isEnding && this.state !== 'retired') return;
    if (!this.wasReady || this.rings.isBlocked()) this.terminate();
    else this.drain(this.rings.isAnyRunning());
  }

  /** Whether native work may be under way: then the thread is not ended by force. */
  get mayFinish(): boolean {
    if (this.state !== 'draining' || this.rings.isBlocked()) return false;
    return this.#isOverAbandoned || this.hasNativeWork;
  }

  /**
   * At the exit of the process: lets the thread end when its native work is done, and starts nothing more. `awaitEnd`
   * follows.
   */
  leave(): void {
    if (!this.#runsCode) return;
    this.#leftMs = performance.now();
    for (const cell of this.rings.waiting()) this.rings.takeBack(cell);
    if (this.rings.hasServedAsync || this.rings.isAnyRunning()) this.post([Kind.drain, false]);
  }

  /**
   * Blocks until a thread that was told to leave has ended, for this long at most. One on which no job has ever
   * returned a promise is not waited for: but one that has just started a job may be about to.
   */
  awaitEnd(limitMs: number): void {
    const untilMs = performance.now() + limitMs;
    while (this.#runsCode && performance.now() < untilMs) {
      const isUndecided =
        this.rings.isAnyRunning() && performance.now() < this.#leftMs + UNDECIDED_MS;
      if (!this.rings.hasServedAsync && !isUndecided) return;
      if (this.rings.waitForEnd(Math.min(UNDECIDED_MS, untilMs - performance.now()))) return;
    }
  }

  /** Whether code of the module may run: not while it boots, nor where the thread is ended by force. */
  get #runsCode(): boolean {
    return this.wasReady && this.state !== 'terminated' && this.state !== 'gone';
  }

  terminate(): void {
    if (this.state === 'terminated' || this.state === 'gone') return;
    this.state = 'terminated';
    this.#clearTimer();
    this.#events.terminated(this);
    void this.#worker.terminate();
    // Terminating keeps the process alive until the thread has ended; native code may not let it.
    this.#worker.unref();
  }

  #startedOrFailed(): void {
    if (!this.isBusyStarting) return;
    this.isBusyStarting = false;
    this.#events.startedOrFailed(this);
  }

  #clearTimer(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
  }

  /** Limits the thread's next step to the load timeout. */
  #limitStart(): void {
    const { loadTimeoutMs, hooks } = this.#settings;
    const isSetUp = this.state === 'loading' && hooks.setup !== undefined;
    const included = isSetUp ? `, setup '${hooks.setup}' included` : '';
    this.#limit(loadTimeoutMs, () =>
      this.#fail(new Error(`it took longer than loadTimeoutMs = ${loadTimeoutMs}${included}`)),
    );
  }

  #limitEnd(limitMs: number): void {
    this.#limit(limitMs, () => this.terminate());
  }

  #limit(limitMs: number, over: () => void): void {
    this.#clearTimer();
    this.#timer = setTimerBehindMessages(over, limitMs);
  }

  #fail(error: unknown): void {
    if (!this.isInService) return;
    this.#reason ??= { error };
    this.terminate();
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
        return this.#ready(content as string[]);
      case Kind.loadFailed:
        this.#startedOrFailed();
        return this.#fail(readThrown(content as Uint8Array));
      case Kind.uncaught:
        return this.#uncaught(readThrown(content as Uint8Array));
      case Kind.stray:
        return this.#events.stray(readThrown(content as Uint8Array));
      case Kind.drained:
        return this.#drained(content as boolean);
      case Kind.done:
        return this.#answered(message);
      default:
        // A pong, or progress: no job was answered.
        return this.#receiver?.receive(message);
    }
  }

  #ready(names: readonly string[]): void {
    this.#startedOrFailed();
    if (this.state !== 'loading') return;
    this.#clearTimer();
    this.state = 'ready';
    this.wasReady = true;
    this.bootMs = sharedNowMs() - this.#startedMs;
    this.names = names;
    this.#events.ready(this);
  }

  /**
   * The teardown is done. Native work of an addon can't be seen; where nothing else keeps the thread alive, it is given
   * its time, as ending the thread over it can abort the process.
   */
  #drained(isHeld: boolean): void {
    if (this.state !== 'draining') return;
    const isFirst = !this.#isDrained;
    this.#isDrained = true;
    this.hasNativeWork = !isHeld;
    if (this.#isOverAbandoned) return;
    if (!isHeld) this.#limitEnd(NATIVE_WORK_MS);
    else if (isFirst && this.#settings.hooks.teardown !== undefined) this.#limitDrain();
  }

  /** Limits how long handles may keep the thread alive. At the end it is asked once more whether they still do. */
  #limitDrain(): void {
    this.#limit(this.#settings.drainMs, () => {
      this.#limitEnd(ANSWER_MS);
      this.post([Kind.drain, true]);
    });
  }

  #uncaught(error: unknown): void {
    // A module that is still being loaded ends its thread with it.
    if (this.wasReady) this.#events.uncaught(this, error);
    else this.#reason ??= { error };
  }

  #answered(message: unknown): void {
    this.hasAnswered = true;
    this.#receiver?.receive(message);
  }

  /** The port's last message comes before its close; the exit code may come before or after. */
  #maybeGone(): void {
    if (!this.#isClosed || this.#exitCode === undefined || this.state === 'gone') return;
    const isDeliberate = this.#isEnding;
    this.state = 'gone';
    this.#clearTimer();
    this.#startedOrFailed();
    if (!isDeliberate) {
      this.#reason ??= { error: new Error(`the thread exited with code ${this.#exitCode}`) };
    }
    const cause = this.#reason?.error;
    if (!this.wasReady && !isDeliberate) this.#events.loadFailed(this, cause);
    this.#events.gone(this, { cause, isDeliberate });
  }
}
