/**
 * The HTTP side of the second service: slow, and able to serve only so many requests at once.
 *
 * Invariants: never more than `slots` requests are being served; the others wait in the order of their
 * arrival, and one whose client has gone is not served. A request is read at once, wherever it waits,
 * so that no document waits in the sender's sockets.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoopbackServer } from '../service/server/loopback-server.js';

/** How slow it is. */
export interface SlowServerOptions {
  /** Requests that are served at once. */
  readonly slots: number;
  /** How long a request takes on average, from the moment it is served. */
  readonly delayMs: number;
  readonly random: () => number;
}

/** What it has counted. */
export interface SlowTally {
  readonly served: number;
  /** Now. */
  readonly serving: number;
  /** For their turn, now. */
  readonly waiting: number;
  /** The most that were served at once. */
  readonly peakServing: number;
  /** The most that waited at once. */
  readonly peakWaiting: number;
}

/** A request takes from 1 − JITTER to 1 + JITTER times the delay, all equally likely. */
const JITTER = 0.2;
const ANSWER = JSON.stringify({ isProcessed: true });

/** Answers every request with 200 when it was its turn and its time is over. */
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
