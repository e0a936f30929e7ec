/**
 * Keeps a fixed number of worker threads, each with a link. The only file that imports Piscina.
 *
 * Piscina starts the threads, carries their options and replaces those that end. This file covers what
 * Piscina does not: it replaces a thread at once, so after failures in a row the new thread is told late to
 * load the module; once a thread has ended while booting it replaces none any more, so missing
 * threads get a further Piscina. `test/pool/piscina.test.ts` pins what this file relies on.
 *
 * Invariants: at most `target` threads at a time, and `target` again soon after any loss, until
 * `destroy`; when the module did not load three times per thread in a row, with no thread ready,
 * the threads end and `failed` is reported, once.
 */
import { Piscina } from 'piscina';
import type { Worker } from 'node:worker_threads';
import type { Loss } from '../dispatch/lane.js';
import { type ModuleLoadError, withoutStack } from '../api/errors.js';
import { type LinkEvents, ThreadLink } from './link.js';
import { loadFailure, startFailure } from './load-failure.js';
import type { Settings } from '../api/options.js';
import { isHello } from '../wire/protocol.js';

/** What the threads report. */
export interface ThreadsEvents extends Pick<LinkEvents, 'stray'> {
  ready(link: ThreadLink): void;
  /** A thread is gone, ready or not. */
  gone(link: ThreadLink, loss: Loss): void;
  /** The module can't be loaded; there are no threads any more. */
  failed(error: ModuleLoadError): void;
}

const LOAD_ATTEMPTS = 3;
const FIRST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 5000;
/** How long `destroy` waits for threads that boot or load: one that is ended there can crash the process. */
const START_GRACE_MS = 1000;
/** How long it waits for the output of a thread: an idle one answers at once, unless its event loop is stuck. */
const FLUSH_GRACE_MS = 1000;
/** The same for one on which a job still runs: it may never let go of the thread. */
const BUSY_FLUSH_GRACE_MS = 20;

export class Threads {
  /** Threads that ended by themselves after they had loaded the module. */
  lost = 0;
  /** Threads that the pool stopped and replaced. */
  recycled = 0;
  readonly #settings: Settings;
  readonly #events: ThreadsEvents;
  readonly #piscinas = new Set<Piscina>();
  readonly #links = new Map<Worker, ThreadLink>();
  /** Threads in a row that ended, or did not load the module, before any job was answered. */
  #strikes = 0;
  #loadFailures = 0;
  #destruction: Promise<void> | undefined;
  #fillTimer: NodeJS.Timeout | undefined;
  #noneLeft: (() => void) | undefined;
  #startedOrFailed: (() => void) | undefined;

  /**
   * Starts the threads.
   *
   * @throws InvalidOptionError where Node refuses an option that is passed on to the threads.
   * @throws ModuleLoadError where it refuses to start any thread, as its permission model may.
   */
  constructor(settings: Settings, events: ThreadsEvents) {
    this.#settings = settings;
    this.#events = events;
    try {
      this.#fill();
    } catch (error) {
      throw startFailure(settings, error);
    }
  }

  /** How many threads have loaded the module. */
  get ready(): number {
    let ready = 0;
    for (const link of this.#links.values())
      if (link.state === 'ready' && !link.isStopped) ready += 1;
    return ready;
  }

  /** Ends all threads. Fulfils when they have ended. */
  async destroy(): Promise<void> {
    // Once only: Piscina forgets that it is being destroyed when it is told so again.
    this.#destruction ??= this.#end();
    await this.#destruction;
  }

  get #isDestroyed(): boolean {
    return this.#destruction !== undefined;
  }

  async #end(): Promise<void> {
    clearTimeout(this.#fillTimer);
    const flushed = this.#flushed();
    for (const link of this.#links.values()) link.renounce();
    await flushed;
    await this.#noneStarting();
    const noneLeft = new Promise<void>((resolve) => {
      this.#noneLeft = resolve;
    });
    await Promise.all([...this.#piscinas].map((piscina) => piscina.destroy()));
    // A link may close after its thread's exit was told.
    if (this.#links.size > 0) await noneLeft;
  }

  /** Has the threads hand over what their code has written to the console: it would be lost with them. */
  async #flushed(): Promise<void> {
    const ready = [...this.#links.values()].filter(
      (link) => link.state === 'ready' && !link.isStopped,
    );
    await Promise.all(
      ready.map((link) =>
        link.flush(link.rings.isAnyRunning() ? BUSY_FLUSH_GRACE_MS : FLUSH_GRACE_MS),
      ),
    );
  }

  /**
   * Waits until no thread is in the middle of starting, or until the grace is over. Node 20 to 24 can
   * abort the whole process when a thread is ended while it boots or imports.
   */
  async #noneStarting(): Promise<void> {
    const isStarting = (): boolean => [...this.#links.values()].some((link) => link.isBusyStarting);
    if (!isStarting()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, START_GRACE_MS).unref();
      this.#startedOrFailed = () => {
        if (isStarting()) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Starts what is missing. */
  #fill(): void {
    const missing = this.#settings.threads - this.#links.size;
    if (missing <= 0 || this.#isDestroyed) return;
    const piscina = new Piscina({
      filename: this.#settings.hostPath,
      name: 'serve',
      minThreads: missing,
      maxThreads: missing,
      // An idle thread must not block in Atomics.wait: its timers would freeze, its ports never close.
      atomics: 'disabled',
      recordTiming: false,
      ...this.#settings.threadOptions,
    });
    this.#piscinas.add(piscina);
    piscina.on('message', (message: unknown) => {
      if (!isHello(message)) return;
      this.#adopt(piscina);
      for (const link of this.#links.values()) {
        if (link.threadId !== message.threadId) continue;
        link.greet(message);
        link.load(this.#settings.module, this.#backOffMs());
      }
    });
    // Each thread's own 'error' event tells the same; without a listener this one would be thrown.
    piscina.on('error', () => {});
    this.#adopt(piscina);
  }

  /** Links the threads of a Piscina that are new. */
  #adopt(piscina: Piscina): void {
    for (const worker of piscina.threads as Worker[]) {
      if (this.#links.has(worker)) continue;
      const link = new ThreadLink(
        worker,
        this.#settings.concurrency,
        this.#settings.loadTimeoutMs,
        {
          ready: (ready) => this.#ready(ready),
          loadFailed: (failed, error) => this.#loadFailed(error, failed.wasGreeted),
          stray: this.#events.stray,
          startedOrFailed: () => this.#startedOrFailed?.(),
          gone: (gone, loss) => this.#gone(worker, gone, loss),
        },
      );
      this.#links.set(worker, link);
      // Piscina listens longer: when this is called, it has put the replacement into its list.
      worker.on('exit', () => {
        this.#adopt(piscina);
        if (piscina.threads.length === 0) this.#piscinas.delete(piscina);
      });
    }
  }

  /** Every thread may fail once for nothing; from then on the wait doubles. */
  #backOffMs(): number {
    const rounds = Math.floor(this.#strikes / this.#settings.threads);
    if (rounds === 0) return 0;
    return Math.min(FIRST_BACK_OFF_MS * 2 ** (rounds - 1), LONGEST_BACK_OFF_MS);
  }

  /** One more failure in a row, unless a job was answered since the last. */
  #strike(): void {
    for (const link of this.#links.values()) {
      if (link.hasAnswered) this.#strikes = 0;
      link.hasAnswered = false;
    }
    this.#strikes += 1;
  }

  #ready(link: ThreadLink): void {
    this.#loadFailures = 0;
    this.#events.ready(link);
  }

  #loadFailed(error: unknown, wasGreeted: boolean): void {
    if (this.#isDestroyed) return;
    this.#strike();
    this.#loadFailures += 1;
    if (this.#loadFailures < LOAD_ATTEMPTS * this.#settings.threads || this.ready > 0) return;
    void this.destroy();
    this.#events.failed(withoutStack(() => loadFailure(this.#settings, error, wasGreeted)));
  }

  #gone(worker: Worker, link: ThreadLink, loss: Loss): void {
    this.#links.delete(worker);
    if (link.wasReady && !this.#isDestroyed) {
      if (link.isStopped) this.recycled += 1;
      else {
        this.lost += 1;
        if (link.hasAnswered) this.#strikes = 0;
        this.#strike();
      }
    }
    this.#events.gone(link, loss);
    if (this.#links.size === 0) this.#noneLeft?.();
    if (this.#links.size >= this.#settings.threads || this.#isDestroyed) return;
    this.#fillLater();
  }

  /** Piscina has given up on some. */
  #fillLater(): void {
    clearTimeout(this.#fillTimer);
    this.#fillTimer = setTimeout(() => {
      try {
        this.#fill();
      } catch (error) {
        this.#loadFailed(error, false);
        if (!this.#isDestroyed) this.#fillLater();
      }
    }, this.#backOffMs()).unref();
  }
}
