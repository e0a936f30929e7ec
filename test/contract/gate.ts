/**
 * Holds jobs back until the test opens it, wherever they run: they connect to its socket. The test learns which jobs
 * have arrived, in order.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export class Gate {
  /** Lines that the jobs have sent, in order of arrival. */
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

  /** Port that jobs connect to. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Fulfills once `count` lines have arrived. */
  async heard(count: number): Promise<void> {
    while (this.lines.length < count) await new Promise<void>((resolve) => (this.#said = resolve));
  }

  /** Lets every job pass, including those that arrive later. */
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
