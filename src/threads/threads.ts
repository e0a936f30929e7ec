/**
 * Keeps a fixed number of worker threads in service, each with a link.
 *
 * A thread that leaves service, by itself or retired, is replaced at once. One that is retired may take its time to
 * end: there are at most as many of them as threads in service, and beyond that the replacement waits. Threads that
 * end, or fail to load the module, again and again are replaced after a back-off.
 *
 * Invariants: at most `target` threads in service and twice as many in all; `target` in service again soon after any
 * loss, until `end`; if the module did not load three times per thread in a row, with no thread ready, the threads end
 * and `failed` is reported, once.
 */
import type { Loss, RetirementReason } from '../dispatch/lane.js';
import { type ModuleLoadError, withoutStack } from '../api/errors.js';
import { BackOff } from './back-off.js';
import { drainAtExit, forgetAtExit } from './exit-drain.js';
import { type LinkEvents, ThreadLink } from './link.js';
import { loadFailure, startFailure } from './load-failure.js';
import type { Settings } from '../api/options.js';
import { clearTimer, setTimer, setTimerBehindMessages, type Timer } from '../api/timers.js';
import { startThread } from './start-thread.js';

/** Receives the reports of the threads. */
export interface ThreadsEvents extends Pick<
  LinkEvents,
  'stray' | 'uncaught' | 'ready' | 'retired'
> {
  /** A thread is gone, ready or not. */
  gone(link: ThreadLink, loss: Loss): void;
  /** No thread is in service, and none can be started before one that is retired has ended. */
  exhausted(): void;
  /** The module can't be loaded; there are no threads any more. */
  failed(error: ModuleLoadError): void;
}

const LOAD_ATTEMPTS = 3;
/** How long `end` waits for threads that boot or load: one that is ended there can crash the process. */
const START_GRACE_MS = 1000;
/** After the deadline threads have this long to end in order, and then the same again to end by force. */
const LATE_MS = 40;
/** How long threads have to end by force where no deadline comes sooner: on a busy machine they need their turns. */
const FORCE_MS = 1000;

export class Threads {
  /** Threads that ended by themselves after they had loaded the module. */
  lost = 0;
  /** Threads that were taken out of service. */
  retirements = 0;
  /** How many of these were ended by force. */
  terminated = 0;
  readonly #settings: Settings;
  readonly #events: ThreadsEvents;
  readonly #links = new Set<ThreadLink>();
  readonly #backOff: BackOff;
  #loadFailures = 0;
  #ending: Promise<number> | undefined;
  #fillTimer: Timer | undefined;
  /** When the threads have to have ended. */
  #endAtMs = Infinity;
  /** While `end` waits: looks again whether it has to. */
  #changed: (() => void) | undefined;

  /**
   * Starts the threads.
   *
   * @throws InvalidOptionError where Node refuses an option that is passed on to the threads.
   * @throws ModuleLoadError where it refuses to start any thread, as its permission model may.
   */
  constructor(settings: Settings, events: ThreadsEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#backOff = new BackOff(settings.threads);
    try {
      this.#fill();
    } catch (error) {
      // Those that were started before have nobody to serve.
      void this.end(performance.now());
      throw startFailure(settings, error);
    }
    drainAtExit(this);
  }

  /** How many threads have loaded the module and take jobs. */
  get ready(): number {
    return this.#count((link) => link.state === 'ready');
  }

  /** How many threads were taken out of service and have not ended. */
  get retired(): number {
    return this.#count((link) => link.wasRetired);
  }

  /**
   * Ends all threads: those that are ready in order. Of several calls the earliest deadline holds.
   *
   * @param atMs - The deadline, on the clock of `performance.now()`; Infinity for none.
   * @returns How many have not ended: native code holds them, or native work of abandoned jobs. They keep no process
   *   alive.
   */
  end(atMs: number): Promise<number> {
    this.#endAtMs = Math.min(this.#endAtMs, atMs);
    this.#ending ??= this.#end();
    this.#changed?.();
    return this.#ending;
  }

  leave(): void {
    for (const link of this.#links) link.leave();
  }

  awaitEnd(limitMs: number): void {
    const untilMs = performance.now() + limitMs;
    for (const link of this.#links) link.awaitEnd(untilMs - performance.now());
  }

  async #end(): Promise<number> {
    clearTimer(this.#fillTimer);
    const { drainMs, teardownMs, hooks } = this.#settings;
    const isStarting = (): boolean => this.#count((link) => link.isBusyStarting) > 0;
    for (const link of this.#links) if (!link.isBusyStarting) link.end();
    // Node 20 to 24 can abort the whole process when a thread is ended while it boots or imports.
    await this.#until(() => !isStarting(), START_GRACE_MS, 0);
    for (const link of this.#links) link.end();
    const orderlyMs = drainMs + (hooks.teardown === undefined ? 0 : teardownMs);
    await this.#until(() => this.#links.size === 0, orderlyMs + LATE_MS, LATE_MS);
    // Nothing is torn off with these: they keep their handles open, take long to tear down, or a job blocks them.
    for (const link of this.#links) if (!link.mayFinish) link.terminate();
    await this.#until(() => this.#count((link) => !link.mayFinish) === 0, FORCE_MS, 2 * LATE_MS);
    // Native work ends by itself; without a deadline there is time for that. The links limit it.
    await this.#until(() => this.#count((link) => link.hasNativeWork) === 0, Infinity, 2 * LATE_MS);
    if (this.#links.size === 0) forgetAtExit(this);
    return this.#links.size;
  }

  /**
   * Fulfils when a condition holds, after this many milliseconds, or when the deadline has passed by this many. The
   * condition is asked after every change.
   */
  async #until(isTrue: () => boolean, limitMs: number, lateMs: number): Promise<void> {
    const limitAtMs = performance.now() + limitMs;
    while (!isTrue()) {
      const leftMs = Math.min(limitAtMs, this.#endAtMs + lateMs) - performance.now();
      if (leftMs <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimerBehindMessages(resolve, leftMs);
        this.#changed = () => {
          clearTimer(timer);
          resolve();
        };
      });
    }
  }

  #count(which: (link: ThreadLink) => boolean): number {
    let count = 0;
    for (const link of this.#links) if (which(link)) count += 1;
    return count;
  }

  get #inService(): number {
    return this.#count((link) => link.isInService);
  }

  /** How many threads are to be started. */
  get #missing(): number {
    const { threads } = this.#settings;
    return Math.min(threads - this.#inService, 2 * threads - this.#links.size);
  }

  /** Starts what is missing. */
  #fill(): void {
    for (let missing = this.#missing; missing > 0; missing -= 1) this.#start();
    if (this.#inService === 0) this.#events.exhausted();
  }

  #start(): void {
    const worker = startThread(this.#settings, (hello) => link.greet(hello));
    const link: ThreadLink = new ThreadLink(worker, this.#settings, {
      ready: (ready) => this.#ready(ready),
      loadFailed: (failed, error) => this.#loadFailed(error, failed.wasGreeted),
      stray: this.#events.stray,
      uncaught: (thrower, error) => {
        // Once for each thread: it may throw again and again while it ends.
        if (thrower.isInService) this.#strike();
        this.#events.uncaught(thrower, error);
      },
      retired: (retired, reason) => this.#retired(retired, reason),
      terminated: (ended) => {
        if (ended.wasRetired) this.terminated += 1;
      },
      startedOrFailed: () => this.#changed?.(),
      gone: (gone, loss) => this.#gone(gone, loss),
    });
    this.#links.add(link);
  }

  /** One more failure in a row, unless a job was answered since the last. */
  #strike(): void {
    this.#forget();
    this.#backOff.failed();
  }

  /** Forgets the failures if a job was answered since the last. */
  #forget(): void {
    for (const link of this.#links) {
      if (link.hasAnswered) this.#backOff.reset();
      link.hasAnswered = false;
    }
  }

  #ready(link: ThreadLink): void {
    this.#loadFailures = 0;
    this.#events.ready(link);
  }

  #loadFailed(error: unknown, wasGreeted: boolean): void {
    if (this.#ending !== undefined) return;
    this.#strike();
    this.#loadFailures += 1;
    if (this.#loadFailures < LOAD_ATTEMPTS * this.#settings.threads || this.ready > 0) {
      return this.#replace();
    }
    // A deadline is for the caller of close() to set; each step of it has a limit of its own.
    void this.end(Infinity);
    this.#events.failed(withoutStack(() => loadFailure(this.#settings, error, wasGreeted)));
  }

  #retired(link: ThreadLink, reason: RetirementReason): void {
    this.retirements += 1;
    this.#events.retired(link, reason);
    // It is no failure itself, and late only where failures are all there is.
    this.#forget();
    this.#replace();
  }

  #gone(link: ThreadLink, loss: Loss): void {
    if (link.wasReady && !loss.isDeliberate && this.#ending === undefined) {
      this.lost += 1;
      this.#strike();
    }
    this.#links.delete(link);
    this.#events.gone(link, loss);
    this.#changed?.();
    if (this.#links.size === 0 && this.#ending !== undefined) forgetAtExit(this);
    this.#replace();
  }

  /** Starts what is missing, after the back-off. A start that is due already is not put off. */
  #replace(): void {
    if (this.#ending !== undefined) return;
    const delayMs = this.#missing > 0 ? this.#backOff.delayMs : 0;
    if (delayMs === 0) return this.#tryToFill();
    this.#fillTimer ??= setTimer(() => this.#tryToFill(), delayMs);
  }

  #tryToFill(): void {
    clearTimer(this.#fillTimer);
    this.#fillTimer = undefined;
    try {
      this.#fill();
    } catch (error) {
      this.#loadFailed(error, false);
    }
  }
}
