/** Tests the HTTP side of the second service with real requests and a fake clock. */
import { type ClientRequest, request } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SlowServer } from '../../../../bench/scenarios/invoke/slow-server.js';

const DELAY_MS = 1000;

let chance: number;
let server: SlowServer;
let port: number;
let ended: string[];
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  chance = 0.5;
  ended = [];
  server = new SlowServer({ slots: 2, delayMs: DELAY_MS, random: () => chance });
  port = await server.listen();
});
afterEach(() => {
  server.close();
  vi.useRealTimers();
});

function post(name: string, body: Buffer = Buffer.alloc(200_000)): ClientRequest {
  const posting = request({ port, host: '127.0.0.1', method: 'POST', agent: false }, (response) => {
    response.resume().on('end', () => ended.push(`${name} ${response.statusCode}`));
  });
  posting.on('error', () => {});
  posting.end(body);
  return posting;
}

/** Replaces `expect.poll`, which would advance the fake clock. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Posts names one after the other, so that their order is known. */
async function postAll(names: readonly string[]): Promise<ClientRequest[]> {
  const posted: ClientRequest[] = [];
  for (const name of names) {
    posted.push(post(name));
    await until(() => {
      const { serving, waiting, served } = server.tally();
      return serving + waiting + served === posted.length;
    });
  }
  return posted;
}

test('no more are served at once than there are slots; the others have their turn in order', async () => {
  await postAll(['a', 'b', 'c', 'd', 'e']);
  expect(server.tally()).toEqual({
    serving: 2,
    waiting: 3,
    served: 0,
    peakServing: 2,
    peakWaiting: 3,
  });
  vi.advanceTimersByTime(DELAY_MS - 1);
  expect(server.tally().served).toBe(0);
  vi.advanceTimersByTime(1);
  expect(server.tally()).toMatchObject({ served: 2, serving: 2, waiting: 1 });
  await until(() => ended.length === 2);
  expect(ended.toSorted()).toEqual(['a 200', 'b 200']);
  vi.advanceTimersByTime(DELAY_MS);
  await until(() => ended.length === 4);
  expect(ended.slice(2).toSorted()).toEqual(['c 200', 'd 200']);
  vi.advanceTimersByTime(DELAY_MS);
  await until(() => ended.length === 5);
  expect(ended[4]).toBe('e 200');
  expect(server.tally()).toEqual({
    serving: 0,
    waiting: 0,
    served: 5,
    peakServing: 2,
    peakWaiting: 3,
  });
});

test.each([
  { given: 0, ms: 800 },
  { given: 1, ms: 1200 },
])('with a chance of $given a request takes $ms ms', async ({ given, ms }) => {
  chance = given;
  await postAll(['a']);
  vi.advanceTimersByTime(ms - 1);
  expect(server.tally().served).toBe(0);
  vi.advanceTimersByTime(1);
  expect(server.tally().served).toBe(1);
  await until(() => ended.length === 1);
});

test('a client that has gone is not served', async () => {
  const [, , third] = await postAll(['a', 'b', 'c', 'd']);
  third?.destroy();
  await until(() => server.tally().waiting === 1);
  vi.advanceTimersByTime(DELAY_MS);
  vi.advanceTimersByTime(DELAY_MS);
  expect(server.tally()).toMatchObject({ served: 3, serving: 0, waiting: 0, peakWaiting: 2 });
  await until(() => ended.length === 3);
  expect(ended.toSorted()).toEqual(['a 200', 'b 200', 'd 200']);
});
