/**
 * A gate between a test and the jobs it starts, wherever they run: they connect to it. Jobs arrive and wait in front of it;
 * the test learns which, in the order of arrival, and opens it.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export class Gate {
  /** What the jobs have said of themselves, in that order. */
  readonly lines: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isOpen = false;
  #said: () => void = () => {};

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      const lines = createInterface(socket);
      // A thread that ends resets its connection.
      lines.on('error', () => {});
      lines.on('line', (line) => {
        this.lines.push(line);
        this.#said();
        if (this.#isOpen) socket.write('open');
      });
    });
  }

  static async make(): Promise<Gate> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Gate(server);
  }

  /** Where jobs find it. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Fulfils when so many lines have been said. */
  async heard(count: number): Promise<void> {
    while (this.lines.length < count) await new Promise<void>((resolve) => (this.#said = resolve));
  }

  /** Lets every job pass, those that arrive later too. */
  open(): void {
    this.#isOpen = true;
    for (const socket of this.#sockets) socket.write('open');
  }

  async close(): Promise<void> {
    this.open();
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
