import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { nowUs } from '../../../../../bench/process/clock.js';
import { HttpLoad } from '../../../../../bench/scenarios/service/load/http-load.js';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(listener: RequestListener): Promise<number> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const document = Buffer.alloc(20_000, 'x');

test('counts by status; a lost connection is a failure', async () => {
  const statuses = [202, 503, 200, 500, 0];
  let at = 0;
  const port = await serve((request, response) => {
    const status = statuses[at] as number;
    at += 1;
    request.resume();
    if (status === 0) request.socket.destroy();
    else response.writeHead(status).end('text');
  });
  const load = new HttpLoad(port);
  for (const _ of statuses) await load.post(document, nowUs());
  const { answer, ...counts } = load.tally();
  expect(counts).toEqual({ sent: 5, accepted: 2, refused: 1, failed: 2, pending: 0 });
  expect(answer.count).toBe(4);
  load.close();
});

test('connections are used again, also after a refusal that did not wait for the document', async () => {
  const ports = new Set<number | undefined>();
  const port = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.writeHead(503).end();
  });
  const load = new HttpLoad(port);
  let posted = 0;
  // A connection is free again once the rejected document has been sent, which may take a while.
  while (ports.size === posted) {
    await load.post(Buffer.alloc(200 * 1024), nowUs());
    await new Promise((resolve) => setImmediate(resolve));
    posted += 1;
  }
  expect(load.tally()).toMatchObject({ sent: posted, refused: posted, failed: 0 });
  load.close();
});

test('above its own limit it sends nothing; closing fails what is pending', async () => {
  const port = await serve((request) => void request.resume());
  const load = new HttpLoad(port, {}, 5);
  for (let index = 0; index < 10; index += 1) void load.post(document, nowUs());
  expect(load.tally()).toMatchObject({ sent: 5, pending: 5 });
  load.close();
  await load.idle();
  expect(load.tally()).toMatchObject({ sent: 5, failed: 5, pending: 0 });
});
