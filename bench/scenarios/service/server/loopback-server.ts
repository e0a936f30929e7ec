/**
 * Serves HTTP on a free port of the loopback interface, without time limits: a slow response is a result here,
 * not an error.
 */
import { createServer, type RequestListener, type Server } from 'node:http';

export class LoopbackServer {
  readonly #server: Server;

  constructor(serve: RequestListener) {
    this.#server = createServer(
      { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 },
      serve,
    );
  }

  /** Fulfils with the port. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  /** Ends the server and its connections. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
