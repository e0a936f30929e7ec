/**
 * Runs one map: pulls items from a source, submits a job for each, and delivers the results.
 *
 *     new ──▶ open ──▶ exhausted | failed | stopped ──▶ ended
 *
 * Room comes before the pull: an item is pulled only when the window and the pool have room for it. A place is not held
 * meanwhile, as maps that hold places while their sources wait for the pool would wait for each other for ever; so
 * where the room is gone when the item comes, the map keeps that one item until its next turn.
 *
 * Invariants: at most one pull is outstanding; nothing of a failed, stopped or aborted map is submitted; it has ended
 * when nothing of it runs and its source is closed.
 */
import { MillraceError } from '../api/errors.js';
import { type MapSettings, mapSettings } from '../api/map-options.js';
import { checkName } from '../api/options.js';
import { inMicrotask } from '../api/timers.js';
import type { SubmitOptions } from '../api/options.js';
import type { Ending } from '../job/job.js';
import type { Feeder, Turns } from '../schedule/turns.js';
import { JOB_OVERHEAD_BYTES, weigh } from '../wire/payload.js';
import { Deliveries, Entry } from './deliveries.js';
import { checkSource, type Pulled, Source } from './source.js';
import { Window } from './window.js';

/** Bytes charged for a failed job in the window. */
const ERROR_BYTES = 512;

/** The whole pool refuses, and not this one item: nothing that follows would be accepted. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  'ERR_POOL_CLOSED',
  'ERR_MODULE_LOAD',
  'ERR_UNKNOWN_JOB',
]);

/** The outcome of one item with `onError: 'settle'`. */
export type MapOutcome<Value> = {
  /** The number of the item, from 0. */
  readonly index: number;
} & (
  | {
      /** Its job has returned a result. */
      readonly status: 'fulfilled';
      /** The result. */
      readonly value: Value;
    }
  | {
      /** Its job has failed. */
      readonly status: 'rejected';
      /** The error. */
      readonly reason: unknown;
    }
);

/**
 * Told when nothing of a map runs any more.
 *
 * @param failure - What it ended with: the error of a job, of the source, of the pool, or the reason that it was
 *   aborted for.
 */
export type OnMapEnded = (failure: { readonly error: unknown } | undefined) => void;

/** A job as its map sees it. */
export interface MapJob {
  readonly ending: Ending | undefined;
  readonly function: {
    /** Whether its calls are known to be so short that many should be in flight. */
    readonly isShort: boolean;
  };
}

/** The parts of a pool that a map needs: the scheduler of a local one, or `Feeding` of a remote one. */
export interface Fed<Job extends MapJob> {
  readonly turns: Pick<Turns, 'want' | 'startPull' | 'endPull' | 'mayGo' | 'leave'>;
  readonly bounds: { readonly slots: number; readonly capacity: number; readonly bytes: number };
  /** How many jobs were submitted, ever. */
  readonly submitted: number;
  feed(
    name: string,
    input: unknown,
    options: SubmitOptions | undefined,
    bytes: number,
    onEnded: (value: unknown, job: Job) => void,
  ): Job;
  cancelAll(jobs: ReadonlySet<Job>, reason: unknown): void;
  /** Takes note of settled jobs whose functions run on. */
  stillRunning(): { add(job: Job): void; none(): Promise<void> };
}

export class Mapping<Job extends MapJob = MapJob> implements Feeder {
  list: object | undefined = undefined;
  previous: Feeder | undefined = undefined;
  next: Feeder | undefined = undefined;
  idleSince: number;
  readonly #pool: Fed<Job>;
  readonly #onMapEnded: OnMapEnded;
  readonly #name: string;
  readonly #source: Source;
  readonly #settings: MapSettings;
  readonly #window: Window;
  readonly #deliveries: Deliveries<unknown>;
  readonly #stillRunning: ReturnType<Fed<Job>['stillRunning']>;
  #function: MapJob['function'] | undefined;
  /** The item that was pulled and could not be submitted. */
  #kept: Entry | undefined;
  #items = 0;
  #inFlight = 0;
  #isOpen = false;
  #isPulling = false;
  /** Nothing more is pulled: the source has ended, or the map has failed or was stopped. */
  #isExhausted = false;
  /** The consumer wants nothing more. */
  #isStopped = false;
  #isEnding = false;
  #hasEnded = false;
  /** The error to throw once the results before it have been delivered. */
  #failure: { readonly error: unknown } | undefined;
  /** The error with which the source was closed. */
  #closing: Promise<{ readonly error: unknown } | undefined> | undefined;
  #whenEnded: Array<() => void> = [];

  /** @throws InvalidOptionError */
  constructor(
    pool: Fed<Job>,
    name: string,
    source: unknown,
    options: unknown,
    onEnded: OnMapEnded = ignore,
  ) {
    checkName(name);
    checkSource(source);
    const settings = mapSettings(options);
    this.#pool = pool;
    this.#onMapEnded = onEnded;
    this.#name = name;
    this.#source = new Source(source);
    this.#settings = settings;
    this.#window = new Window(settings, pool.bounds);
    this.#deliveries = new Deliveries(settings.ordered, () => this.#goOn());
    this.#stillRunning = pool.stillRunning();
    this.idleSince = pool.submitted;
  }

  get keptBytes(): number | undefined {
    return this.#kept?.bytes;
  }

  /** The next result, in the order of asking. */
  ask(): Promise<IteratorResult<unknown, undefined>> {
    if (!this.#isOpen) this.#open();
    if (this.#isStopped) return Promise.resolve({ done: true, value: undefined });
    const ready = this.#deliveries.areAwaited ? undefined : this.#deliveries.takeReady();
    if (ready !== undefined) return Promise.resolve({ done: false, value: this.#row(ready) });
    const asked = this.#deliveries.ask();
    if (this.#hasEnded) this.#answerEnd();
    else this.#advance();
    return asked;
  }

  /**
   * Ends the map: what is in flight is taken back or cancelled, and the source is closed. Fulfils when nothing of it
   * runs.
   *
   * @throws What closing the source throws.
   */
  async stop(): Promise<void> {
    if (!this.#isOpen) {
      this.#hasEnded = this.#isOpen = true;
      this.#onMapEnded(undefined);
    }
    this.#isStopped = true;
    this.#failure = undefined;
    this.#deliveries.finish();
    if (this.#hasEnded) return;
    this.#dropAll();
    this.#advance();
    await this.end();
    const closed = await this.#closing;
    if (closed !== undefined) throw closed.error;
  }

  /** Fulfils when nothing of the map runs any more. */
  async end(): Promise<void> {
    if (!this.#hasEnded) await new Promise<void>((resolve) => this.#whenEnded.push(resolve));
  }

  /** Ends the map with an error; nothing is delivered any more. */
  abort(reason: unknown): void {
    if (this.#isEnding || this.#isStopped) return;
    this.#isOpen = true;
    this.#failure = { error: reason };
    this.#dropAll();
    this.#advance();
  }

  takeTurn(): void {
    if (!this.#canGoOn) return;
    const kept = this.#kept;
    if (kept === undefined) this.#pull();
    else {
      this.#kept = undefined;
      this.#submit(kept);
    }
    this.#goOn();
  }

  onClosed(error: MillraceError): void {
    const kept = this.#kept;
    if (kept !== undefined) this.#failAt(kept, error);
    else this.#failAfterAll(error);
    this.#advance();
  }

  #open(): void {
    this.#isOpen = true;
    const { signal } = this.#settings;
    if (signal?.aborted) this.#onAbort();
    else {
      signal?.addEventListener('abort', this.#onAbort);
      this.#goOn();
    }
  }

  get #canGoOn(): boolean {
    const { length, bytes } = this.#deliveries;
    if (this.#kept !== undefined) return this.#window.lets(this.#kept.bytes, length);
    if (this.#isExhausted || this.#isPulling || !this.#isOpen) return false;
    return this.#window.hasRoom(this.#inFlight, length, bytes, this.#function?.isShort === true);
  }

  /** Asks for a turn if there is something to do. */
  #goOn(): void {
    if (this.#canGoOn) this.#pool.turns.want(this);
  }

  #pull(): void {
    try {
      const pulled = this.#source.pull();
      if (!(pulled instanceof Promise)) return this.#pulled(pulled);
      this.#isPulling = true;
      this.#pool.turns.startPull(this);
      void pulled.then(this.#onPulled, this.#onPullFailed);
    } catch (error) {
      this.#failAfterAll(error);
      this.#advance();
    }
  }

  readonly #onPulled = (pulled: Pulled): void => {
    this.#endPull();
    this.#pulled(pulled);
    this.#goOn();
  };

  readonly #onPullFailed = (error: unknown): void => {
    this.#endPull();
    if (this.#isExhausted) return;
    this.#failAfterAll(error);
    this.#advance();
  };

  #endPull(): void {
    this.#isPulling = false;
    this.#pool.turns.endPull(this);
  }

  #pulled({ done, value }: Pulled): void {
    if (this.#isExhausted) return;
    if (done === true) {
      this.#isExhausted = true;
      return this.#advance();
    }
    const bytes = weigh(value) + JOB_OVERHEAD_BYTES;
    // A getter of the item may have stopped the map.
    if (this.#isExhausted) return;
    const entry = new Entry(this.#items, value, bytes);
    this.#items += 1;
    this.#deliveries.add(entry);
    this.#kept = entry;
    if (!this.#canGoOn || !this.#pool.turns.mayGo(this, bytes)) return;
    this.#kept = undefined;
    this.#submit(entry);
  }

  #submit(entry: Entry): void {
    const input = entry.value;
    // From here on the job has it.
    entry.value = undefined;
    this.#inFlight += 1;
    this.idleSince = Infinity;
    try {
      const onEnded = (value: unknown, job: Job): void => this.#onEnded(entry, value, job);
      const job = this.#pool.feed(
        this.#name,
        input,
        this.#settings.jobOptions,
        entry.bytes,
        onEnded,
      );
      this.#function = job.function;
      if (entry.ending === undefined) entry.job = job;
      // A getter of the item may have stopped the map.
      if (entry.list === undefined) this.#cancel([entry]);
    } catch (error) {
      this.#landed();
      const isFinal = error instanceof MillraceError && FINAL_CODES.has(error.code);
      if (entry.list !== undefined) this.#failed(entry, error, isFinal);
      this.#advance();
    }
  }

  #onEnded(entry: Entry, value: unknown, job: Job): void {
    this.#landed();
    if (job.ending === 'fulfilled') {
      if (entry.list !== undefined) this.#deliveries.end(entry, 'fulfilled', value, weigh(value));
    } else {
      this.#stillRunning.add(job);
      if (entry.list !== undefined) this.#failed(entry, value, false);
    }
    this.#advance();
    this.#goOn();
  }

  /** One job less is in flight. */
  #landed(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.idleSince = this.#pool.submitted;
  }

  #failed(entry: Entry, error: unknown, isFinal: boolean): void {
    if (isFinal || this.#settings.onError === 'stop') return this.#failAt(entry, error);
    this.#deliveries.end(entry, 'rejected', error, ERROR_BYTES);
  }

  /** Fails in an item's place: what comes before it is delivered, what comes behind it is dropped. */
  #failAt(entry: Entry, error: unknown): void {
    this.#kept = undefined;
    const dropped = this.#deliveries.dropFrom(entry);
    // Later: this may be the middle of things.
    if (dropped.length > 0) inMicrotask(() => this.#cancel(dropped));
    this.#failure = { error };
    this.#exhaust();
  }

  /** Fails behind all that was pulled. */
  #failAfterAll(error: unknown): void {
    this.#failure ??= { error };
    this.#exhaust();
  }

  readonly #onAbort = (): void => this.abort(this.#settings.signal?.reason);

  #dropAll(): void {
    this.#kept = undefined;
    this.#cancel(this.#deliveries.drop());
    this.#exhaust();
  }

  /** Takes back or cancels the jobs of items that are in no list any more. */
  #cancel(dropped: readonly Entry[]): void {
    const jobs = new Set<Job>();
    for (const { job } of dropped) if (job !== undefined) jobs.add(job as Job);
    if (jobs.size === 0) return;
    this.#pool.cancelAll(jobs, new DOMException('The map has ended', 'AbortError'));
  }

  /** Pulls nothing more, and closes the source. */
  #exhaust(): void {
    this.#isExhausted = true;
    this.#pool.turns.leave(this);
    this.#closing ??= this.#close();
  }

  /** Closes the source. Later: it is the user's code, and this may be the middle of things. */
  async #close(): Promise<{ readonly error: unknown } | undefined> {
    await undefined;
    try {
      await this.#source.close();
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  /** Delivers what is ready, and ends when nothing is left. */
  #advance(): void {
    const deliveries = this.#deliveries;
    while (deliveries.areAwaited) {
      const entry = deliveries.takeReady();
      if (entry === undefined) break;
      deliveries.answer(this.#row(entry));
    }
    if (!this.#isExhausted || this.#isEnding) return;
    if (!deliveries.areDone || this.#inFlight > 0) return;
    this.#isEnding = true;
    void this.#end();
  }

  async #end(): Promise<void> {
    this.#settings.signal?.removeEventListener('abort', this.#onAbort);
    await this.#stillRunning.none();
    await this.#closing;
    this.#hasEnded = true;
    this.#onMapEnded(this.#failure);
    this.#answerEnd();
    for (const resolve of this.#whenEnded.splice(0)) resolve();
  }

  /** Whoever asks first is told of the failure. */
  #answerEnd(): void {
    const failure = this.#failure;
    if (failure !== undefined && this.#deliveries.fail(failure.error)) this.#failure = undefined;
    this.#deliveries.finish();
  }

  #row({ index, ending, value }: Entry): unknown {
    if (this.#settings.onError === 'stop') return value;
    return ending === 'fulfilled'
      ? { index, status: 'fulfilled', value }
      : { index, status: 'rejected', reason: value };
  }
}

function ignore(): void {}
