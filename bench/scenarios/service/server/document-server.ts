/**
 * Serves HTTP, in the same way for every variant: POST /documents is answered with 202 if the document was
 * accepted, and with 503 and `Retry-After` if it was rejected. A client that prefers to wait gets 200 or 500
 * when the job has ended.
 *
 * Invariants: every document is counted as accepted or refused once, and the end of its job after that. A
 * document is read into one buffer of its announced length, max 200 KB; one that is rejected unread is discarded
 * as it arrives (Node does that, and the connection stays usable).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { nowUs } from '../../../process/clock.js';
import { MAX_DOCUMENT_BYTES } from '../load/corpus.js';
import { Latencies } from '../../../load/latencies.js';
import { INTENDED_HEADER, PREFER_COMPLETION } from '../load/http-load.js';
import type { Arm } from './arm.js';
import { LoopbackServer } from './loopback-server.js';
import type { ServiceTally } from './messages.js';

/** Serves one variant and counts its documents. */
export class DocumentServer {
  readonly #arm: Arm;
  readonly #server: LoopbackServer;
  readonly #completion = new Latencies();
  #accepted = 0;
  #refused = 0;
  #completed = 0;
  #failed = 0;

  constructor(arm: Arm) {
    this.#arm = arm;
    this.#server = new LoopbackServer((request, response) => this.#serve(request, response));
  }

  /** Fulfils with the port. */
  listen(): Promise<number> {
    return this.#server.listen();
  }

  close(): void {
    this.#server.close();
  }

  tally(): ServiceTally {
    return {
      atUs: nowUs(),
      accepted: this.#accepted,
      refused: this.#refused,
      completed: this.#completed,
      failed: this.#failed,
      completion: this.#completion.summary(),
    };
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'POST' || request.url !== '/documents') {
      return rejectRequest(response, 404);
    }
    const bytes = Number(request.headers['content-length']);
    if (!Number.isInteger(bytes)) return rejectRequest(response, 411);
    if (bytes > MAX_DOCUMENT_BYTES) return rejectRequest(response, 413);
    if (this.#arm.isFull()) return this.#refuse(response);
    readBody(request, bytes, (document) => this.#start(document, request, response));
  }

  #start(document: Buffer, request: IncomingMessage, response: ServerResponse): void {
    const intendedUs = Number(request.headers[INTENDED_HEADER] ?? nowUs());
    const waits = request.headers['prefer'] === PREFER_COMPLETION.prefer;
    const isAccepted = this.#arm.start(document, (error) => {
      if (error === undefined) {
        this.#completed += 1;
        this.#completion.record(nowUs() - intendedUs);
      } else {
        this.#failed += 1;
      }
      if (waits) response.writeHead(error === undefined ? 200 : 500).end();
    });
    if (!isAccepted) return this.#refuse(response);
    this.#accepted += 1;
    if (!waits) response.writeHead(202).end();
  }

  #refuse(response: ServerResponse): void {
    this.#refused += 1;
    response.writeHead(503, { 'retry-after': String(this.#arm.retryAfterSeconds()) }).end();
  }
}

/** Answers a request that no client of the bench sends; its body may be endless, so the connection is closed. */
function rejectRequest(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: 'close' }).end();
}

/** Reads a body of known length; does nothing if the client disconnects before its end. */
function readBody(request: IncomingMessage, bytes: number, use: (body: Buffer) => void): void {
  // A buffer outside of the pool, so that a small document does not keep a shared slab alive.
  const body = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  request.on('data', (chunk: Buffer) => {
    at += chunk.copy(body, at);
  });
  request.on('end', () => use(body));
  request.on('error', () => {});
}
