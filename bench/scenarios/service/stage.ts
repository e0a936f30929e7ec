/**
 * Runs one service process and one load generator process, from start to end.
 *
 * Invariants: nothing of a stage outlives `close`. The service's memory is sampled from outside 20 times per
 * second, and a driven service that exceeds its memory limit is killed at once. This and a death of its own are
 * endings that `ended` reports, never errors; the generator's death is an error.
 */
import { builtFile } from '../../process/built-file.js';
import { Child, describeExit } from '../../process/child.js';
import { nowUs } from '../../process/clock.js';
import type { DocumentSet } from './load/corpus.js';
import { readResident } from '../../process/memory.js';
import { settledWithin, within } from '../../process/time-limit.js';
import type { GeneratorReply, GeneratorRequest, GeneratorTally, Load } from './load/messages.js';
import type { ServiceReply, ServiceReport, ServiceRequest } from './server/messages.js';

/** The reason why a stage is over. */
export interface StageEnd {
  /** done: the load ran to its end. */
  readonly how: 'done' | 'ceiling' | 'exit' | 'interrupted';
  readonly atUs: number;
  /** Exit code and error of a service that ended on its own. */
  readonly detail?: string;
}

/** The parts of a stage. */
export interface StageOptions {
  /** The service's program (`serve-arms.ts`). */
  readonly program: URL;
  readonly arm: string;
  /** Options that the program creates the variant with; plain data. */
  readonly armOptions: object;
  readonly documents: DocumentSet;
  readonly ceilingBytes: number;
  readonly signal: AbortSignal;
  /** Seed of the order in which the documents are posted. */
  readonly seed: number;
}

const LOOK_EVERY_MS = 50;
const BOOT_MS = 30_000;
const LAST_COUNT_MS = 2000;

/** A stage whose processes are ready. */
export class Stage {
  service: ServiceReport | undefined;
  generator: GeneratorTally | undefined;
  startedUs: number = Infinity;
  peakBytes: number = 0;
  /** Called with the service's memory at every sample. */
  onLook: (rssBytes: number) => void = () => {};
  /** Called with every report of the service, about ten times per second. */
  onReport: (report: ServiceReport) => void = () => {};
  /** Fulfils when the stage is over; rejects if the generator dies. */
  readonly ended: Promise<StageEnd>;
  readonly #options: StageOptions;
  readonly #service: Child<ServiceRequest, ServiceReply>;
  readonly #generator: Child<GeneratorRequest, GeneratorReply>;
  readonly #looks: NodeJS.Timeout;
  #port = 0;
  #isDriven = false;
  #isDone = false;
  #closing: Promise<void> | undefined;
  #end: (end: StageEnd) => void = () => {};
  #fail: (error: Error) => void = () => {};

  /** Starts both processes. @throws Error if one of them does not become ready */
  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage(options);
    try {
      await within(BOOT_MS, `The service '${options.arm}' was not ready`, stage.#boot());
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  private constructor(options: StageOptions) {
    this.#options = options;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    this.ended.catch(() => {});
    this.#service = new Child('service', options.program, (reply) => {
      if (reply.kind === 'ready') return;
      this.service = reply.report;
      this.onReport(reply.report);
    });
    this.#generator = new Child(
      'load generator',
      builtFile('bench/scenarios/service/load/generator.js'),
      (reply) => {
        if (reply.kind === 'started') this.startedUs = reply.atUs;
        if (reply.kind === 'report' || reply.kind === 'done') this.generator = reply.tally;
        if (reply.kind !== 'done') return;
        this.#isDone = true;
        this.#end({ how: 'done', atUs: nowUs() });
      },
    );
    void this.#service.exited.then((exit) =>
      this.#end({ how: 'exit', atUs: nowUs(), detail: describeExit(exit) }),
    );
    void this.#generator.exited.then((exit) =>
      this.#fail(new Error(`The load generator ended: ${describeExit(exit)}`)),
    );
    this.#looks = setInterval(() => this.#look(), LOOK_EVERY_MS);
    options.signal.addEventListener('abort', this.#interrupt, { once: true });
    if (options.signal.aborted) this.#interrupt();
  }

  /** Starts the load; `ended` settles later. */
  drive(load: Load): void {
    this.#isDriven = true;
    this.#generator.send({ kind: 'drive', port: this.#port, load });
  }

  /** Ends the load early; `ended` settles later. */
  stop(): void {
    this.#generator.send({ kind: 'stop' });
  }

  /** Requests the service's current counts. Rejects if the service has ended. */
  async count(): Promise<ServiceReport> {
    const counted = this.#service.receive('counted');
    this.#service.send({ kind: 'count' });
    return (await counted).report;
  }

  /** Collects the last counts, as far as the processes can still send them, and ends both. */
  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    clearInterval(this.#looks);
    this.#options.signal.removeEventListener('abort', this.#interrupt);
    if (this.#isDriven) {
      const isDone = this.#isDone ? Promise.resolve() : this.#generator.receive('done');
      this.stop();
      await settledWithin(LAST_COUNT_MS, Promise.allSettled([isDone, this.count()]));
      // A service with a thousand threads may starve the generator of CPU until it is gone.
      await this.#service.kill();
      await settledWithin(LAST_COUNT_MS, isDone);
    }
    await Promise.all([this.#service.kill(), this.#generator.kill()]);
  }

  async #boot(): Promise<void> {
    const { arm, armOptions, documents, seed } = this.#options;
    this.#service.send({ kind: 'start', arm, options: armOptions });
    this.#generator.send({ kind: 'load', documents, seed });
    const [service] = await Promise.all([
      this.#service.receive('ready'),
      this.#generator.receive('ready'),
    ]);
    this.#port = service.port;
  }

  #look(): void {
    const { pid } = this.#service;
    const resident = pid === undefined ? undefined : readResident(pid);
    const bytes = resident?.bytes ?? this.service?.health.rssBytes;
    if (bytes === undefined || this.#service.hasExited) return;
    this.peakBytes = Math.max(this.peakBytes, resident?.peakBytes ?? bytes);
    this.onLook(bytes);
    if (!this.#isDriven || bytes <= this.#options.ceilingBytes) return;
    this.#end({ how: 'ceiling', atUs: nowUs() });
    void this.#service.kill();
  }

  readonly #interrupt = (): void => {
    this.#end({ how: 'interrupted', atUs: nowUs() });
  };
}
