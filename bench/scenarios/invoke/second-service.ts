/**
 * Defines the messages of the second service, and starts and queries its process.
 *
 * Invariant: nothing of it outlives `close`.
 */
import { builtFile } from '../../process/built-file.js';
import { Child } from '../../process/child.js';
import { within } from '../../process/time-limit.js';
import type { SlowServerOptions, SlowTally } from './slow-server.js';

export type SecondServiceRequest =
  | ({
      readonly kind: 'start';
      /** Seed of the times that requests take. */
      readonly seed: number;
    } & Omit<SlowServerOptions, 'random'>)
  | { readonly kind: 'count' };

export type SecondServiceReply =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'counted'; readonly tally: SlowTally };

const PROGRAM = builtFile('bench/scenarios/invoke/program.js');
const BOOT_MS = 30_000;
const COUNT_MS = 10_000;

/** A running second service. */
export class SecondService {
  readonly port: number;
  /** Aborted when the process has ended. */
  readonly ended: AbortSignal;
  readonly #child: Child<SecondServiceRequest, SecondServiceReply>;

  /** Starts the process. @throws Error if it does not become ready */
  static async open(options: SecondServiceRequest & { kind: 'start' }): Promise<SecondService> {
    const child = new Child<SecondServiceRequest, SecondServiceReply>('second service', PROGRAM);
    try {
      const ready = child.receive('ready');
      child.send(options);
      const { port } = await within(BOOT_MS, 'The second service was not ready', ready);
      return new SecondService(child, port);
    } catch (error) {
      await child.kill();
      throw error;
    }
  }

  private constructor(child: Child<SecondServiceRequest, SecondServiceReply>, port: number) {
    this.#child = child;
    this.port = port;
    const ending = new AbortController();
    this.ended = ending.signal;
    void child.exited.then(() => ending.abort());
  }

  /** Requests its counts so far. @throws Error if the process has ended */
  async count(): Promise<SlowTally> {
    const counted = this.#child.receive('counted');
    this.#child.send({ kind: 'count' });
    return (await within(COUNT_MS, 'The second service did not count', counted)).tally;
  }

  async close(): Promise<void> {
    await this.#child.kill();
  }
}
