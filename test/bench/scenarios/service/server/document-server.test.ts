/** Tests the HTTP side of the service, with a variant that the test controls. */
import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nowUs } from '../../../../../bench/process/clock.js';
import { INTENDED_HEADER } from '../../../../../bench/scenarios/service/load/http-load.js';
import type { Arm, Done } from '../../../../../bench/scenarios/service/server/arm.js';
import { DocumentServer } from '../../../../../bench/scenarios/service/server/document-server.js';

interface Answer {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
}

class HeldArm implements Arm {
  isFullNow = false;
  hasRoom = true;
  readonly documents: Buffer[] = [];
  readonly dones: Done[] = [];
  isFull(): boolean {
    return this.isFullNow;
  }
  start(document: Buffer, done: Done): boolean {
    if (!this.hasRoom) return false;
    this.documents.push(document);
    this.dones.push(done);
    return true;
  }
  retryAfterSeconds(): number {
    return 3;
  }
}

let arm: HeldArm;
let server: DocumentServer;
let port: number;
beforeEach(async () => {
  arm = new HeldArm();
  server = new DocumentServer(arm);
  port = await server.listen();
});
afterEach(() => server.close());

function send(
  body: Buffer | string,
  { method = 'POST', path = '/documents', headers = {} } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sending = request({ port, host: '127.0.0.1', method, path, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'] });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

test('a document arrives whole, is answered on acceptance and counted again at its end', async () => {
  const document = Buffer.alloc(150_000, 'abc');
  const intended = (nowUs() - 5000).toFixed(0);
  const answer = await send(document, { headers: { [INTENDED_HEADER]: intended } });
  expect(answer).toEqual({ status: 202, retryAfter: undefined });
  expect(arm.documents[0]?.equals(document)).toBe(true);
  expect(server.tally()).toMatchObject({ accepted: 1, refused: 0, completed: 0, failed: 0 });
  arm.dones[0]?.();
  const { completed, completion } = server.tally();
  expect({ completed, count: completion.count }).toEqual({ completed: 1, count: 1 });
  expect(completion.p50).toBeGreaterThanOrEqual(4.99);
});

test('a document has memory of its own, however small it is', async () => {
  await send('small');
  expect(arm.documents[0]?.buffer.byteLength).toBe(5);
});

test('a job that fails is counted as such', async () => {
  await send('document');
  arm.dones[0]?.(new Error('failed'));
  expect(server.tally()).toMatchObject({ accepted: 1, completed: 0, failed: 1 });
});

test.each([
  { when: 'before it is read', isFullNow: true, hasRoom: true },
  { when: 'after it was read', isFullNow: false, hasRoom: false },
])('a document is refused $when: 503 with Retry-After', async ({ isFullNow, hasRoom }) => {
  Object.assign(arm, { isFullNow, hasRoom });
  expect(await send(Buffer.alloc(100_000))).toEqual({ status: 503, retryAfter: '3' });
  expect(arm.documents).toEqual([]);
  expect(server.tally()).toMatchObject({ accepted: 0, refused: 1 });
});

test('a client that prefers to wait is answered at the end of its job', async () => {
  const answers = [false, true].map((fails) => {
    const answer = send('document', { headers: { prefer: 'wait' } });
    return { fails, answer };
  });
  await expect.poll(() => arm.dones.length).toBe(2);
  arm.dones[0]?.();
  arm.dones[1]?.(new Error('failed'));
  const statuses = await Promise.all(answers.map(async ({ answer }) => (await answer).status));
  expect(statuses.toSorted()).toEqual([200, 500]);
});

test.each([
  { what: 'another path', options: { path: '/other' }, body: 'x', status: 404 },
  { what: 'another method', options: { method: 'PUT' }, body: 'x', status: 404 },
  {
    what: 'no length',
    options: { headers: { 'transfer-encoding': 'chunked' } },
    body: 'x',
    status: 411,
  },
  { what: 'more than 200 KB', options: {}, body: 'x'.repeat(200 * 1024 + 1), status: 413 },
])('$what is $status, and not counted', async ({ options, body, status }) => {
  expect((await send(body, options)).status).toBe(status);
  expect(arm.documents).toEqual([]);
  expect(server.tally()).toMatchObject({ accepted: 0, refused: 0 });
});
