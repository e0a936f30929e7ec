/**
 * Loads a service: posts documents over HTTP and counts the responses.
 *
 * Invariants: sent = accepted + refused + failed + pending; the response time runs from the
 * intended start of its request.
 *
 * Sockets are kept alive but not limited in number. With a limit, requests would queue inside the
 * agent as soon as the service is slow: it would be offered no more than this many at once, and the
 * open loop would have become a closed one. The one limit is `maxPending`, which keeps this process
 * alive; a request that it holds back is not sent at all, and shows as offered below intended.
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import { nowUs } from '../../../process/clock.js';
import { Latencies, type LatencySummary } from '../../../load/latencies.js';

/** The request header with the intended start, microseconds on the clock of `nowUs`. */
export const INTENDED_HEADER = 'x-intended-us';

/** Sent by a client that wants the end of the job for an answer, not its acceptance (RFC 7240). */
export const PREFER_COMPLETION: Readonly<Record<'prefer', string>> = { prefer: 'wait' };

/** What came back, until now. */
export interface PostTally {
  readonly sent: number;
  /** Answered 2xx. */
  readonly accepted: number;
  /** Answered 503. */
  readonly refused: number;
  /** Any other status, or the connection was lost. */
  readonly failed: number;
  /** Not answered yet. */
  readonly pending: number;
  /** Of the requests that were answered. */
  readonly answer: LatencySummary;
}

/** Far more than a service that answers ever has; about 1 GB of the kernel's memory if it doesn't. */
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

  /** @param headers - Sent with every request. */
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
   * Posts one document. Does not throw; what goes wrong is counted.
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

  /** Closes the connections; what is pending fails. */
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
