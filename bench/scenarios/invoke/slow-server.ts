/**
 * Serves HTTP for the second service: slowly, and a limited number of requests at once.
 *
 * Invariants: never more than `slots` requests are served at once; the others wait in the order of arrival, and
 * one whose client disconnects meanwhile is dropped. Every request is read at once, even if it has to wait, so
 * that no document waits in the sender's sockets.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoopbackServer } from '../service/server/loopback-server.js';

/** Capacity and delay of the server. */
export interface SlowServerOptions {
  /** Number of requests served at once. */
  readonly slots: number;
  /** Mean duration of a request from the start of its service. */
  readonly delayMs: number;
  readonly random: () => number;
}

/** The server's counts. */
export interface SlowTally {
  readonly served: number;
  /** Requests being served now. */
  readonly serving: number;
  /** Requests waiting now. */
  readonly waiting: number;
  /** Max number of requests served at once. */
  readonly peakServing: number;
  /** Max number of requests that waited at once. */
  readonly peakWaiting: number;
}

/** A request takes from 1 − JITTER to 1 + JITTER times the delay, uniformly distributed. */
const JITTER = 0.2;
const ANSWER = JSON.stringify({ isProcessed: true });

/** Answers every request with 200 once its turn has come and its time is over. */
export class SlowServer {
  readonly #options: SlowServerOptions;
  readonly #server: LoopbackServer;
  readonly #waiting = new Set<ServerResponse>();
  #serving = 0;
  #served = 0;
  #peakServing = 0;
  #peakWaiting = 0;

  constructor(options: SlowServerOptions) {
    this.#options = options;
    this.#server = new LoopbackServer((request, response) => this.#take(request, response));
  }

  /** Fulfils with the port. */
  listen(): Promise<number> {
    return this.#server.listen();
  }

  close(): void {
    this.#server.close();
  }

  tally(): SlowTally {
    return {
      served: this.#served,
      serving: this.#serving,
      waiting: this.#waiting.size,
      peakServing: this.#peakServing,
      peakWaiting: this.#peakWaiting,
    };
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    request.on('error', () => {}).resume();
    request.once('end', () => {
      if (this.#serving < this.#options.slots) return this.#serve(response);
      this.#waiting.add(response);
      this.#peakWaiting = Math.max(this.#peakWaiting, this.#waiting.size);
      response.once('close', () => this.#waiting.delete(response));
    });
  }

  #serve(response: ServerResponse): void {
    this.#serving += 1;
    this.#peakServing = Math.max(this.#peakServing, this.#serving);
    const { delayMs, random } = this.#options;
    setTimeout(() => this.#answer(response), delayMs * (1 + JITTER * (2 * random() - 1)));
  }

  #answer(response: ServerResponse): void {
    this.#serving -= 1;
    this.#served += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.#serve(next);
  }
}
