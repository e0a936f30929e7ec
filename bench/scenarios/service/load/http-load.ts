/**
 * Loads a service: posts documents over HTTP and counts the responses.
 *
 * Invariants: sent = accepted + refused + failed + pending; a response time counts from the scheduled start of
 * its request.
 *
 * Sockets are kept alive but not limited in number. With a limit, requests would queue inside the agent as soon
 * as the service is slow: the service would never see more than that many at once, and the open loop would
 * become a closed one. The only limit is `maxPending`, which keeps this process alive; a request that it holds
 * back is never sent, and shows as offered below intended.
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import { nowUs } from '../../../process/clock.js';
import { Latencies, type LatencySummary } from '../../../load/latencies.js';

/** Request header with the scheduled start, in microseconds on the clock of `nowUs`. */
export const INTENDED_HEADER = 'x-intended-us';

/** Header of a client that wants a response when the job ends, not when it is accepted (RFC 7240). */
export const PREFER_COMPLETION: Readonly<Record<'prefer', string>> = { prefer: 'wait' };

/** Counts of the responses so far. */
export interface PostTally {
  readonly sent: number;
  /** Responses with status 2xx. */
  readonly accepted: number;
  /** Responses with status 503. */
  readonly refused: number;
  /** Responses with any other status, and lost connections. */
  readonly failed: number;
  /** Requests without a response so far. */
  readonly pending: number;
  /** Response times of the answered requests. */
  readonly answer: LatencySummary;
}

/** More than a responsive service ever has pending; about 1 GB of kernel memory for one that does not respond. */
const DEFAULT_MAX_PENDING = 10_000;

/** Posts documents to one service on this machine. */
export class HttpLoad {
  readonly #port: number;
  readonly #maxPending: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: Infinity });
  readonly #answers = new Latencies();
  #sent = 0;
  #accepted = 0;
  #refused = 0;
  #failed = 0;
  #idle: (() => void) | undefined;

  /** @param headers - Headers sent with every request. */
  constructor(
    port: number,
    headers: Readonly<Record<string, string>> = {},
    maxPending: number = DEFAULT_MAX_PENDING,
  ) {
    this.#port = port;
    this.#headers = headers;
    this.#maxPending = maxPending;
  }

  /**
   * Posts one document. Does not throw; failures are counted.
   *
   * @returns Fulfils when the request has been answered or has failed.
   */
  post(document: Buffer, intendedUs: number): Promise<void> {
    if (this.#pending >= this.#maxPending) return Promise.resolve();
    this.#sent += 1;
    return new Promise((resolve) => {
      const posting = request({
        agent: this.#agent,
        host: '127.0.0.1',
        port: this.#port,
        method: 'POST',
        path: '/documents',
        headers: {
          'content-type': 'text/javascript',
          'content-length': document.byteLength,
          [INTENDED_HEADER]: intendedUs.toFixed(0),
          ...this.#headers,
        },
      });
      let isAnswered = false;
      posting.once('response', (response) => {
        isAnswered = true;
        this.#answers.record(nowUs() - intendedUs);
        this.#count(response);
        response.on('error', () => {}).resume();
        resolve();
      });
      posting.on('error', () => {
        if (isAnswered) return;
        this.#failed += 1;
        this.#settled();
        resolve();
      });
      posting.end(document);
    });
  }

  /** Fulfils when nothing is pending. */
  async idle(): Promise<void> {
    if (this.#pending === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }

  tally(): PostTally {
    return {
      sent: this.#sent,
      accepted: this.#accepted,
      refused: this.#refused,
      failed: this.#failed,
      pending: this.#pending,
      answer: this.#answers.summary(),
    };
  }

  /** Closes the connections; pending requests fail. */
  close(): void {
    this.#agent.destroy();
  }

  get #pending(): number {
    return this.#sent - this.#accepted - this.#refused - this.#failed;
  }

  #count(response: IncomingMessage): void {
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) this.#accepted += 1;
    else if (status === 503) this.#refused += 1;
    else this.#failed += 1;
    this.#settled();
  }

  #settled(): void {
    if (this.#pending === 0) this.#idle?.();
  }
}
