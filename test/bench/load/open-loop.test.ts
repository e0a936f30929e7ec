/**
 * Runs the open loop against a real server with a constant response time. No test depends on the speed of the machine:
 * they check only counts, order and lower bounds.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { nowUs } from '../../../bench/process/clock.js';
import { OpenLoop } from '../../../bench/load/open-loop.js';
import { INTENDED_HEADER, HttpLoad } from '../../../bench/scenarios/service/load/http-load.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<number> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return (listening.address() as AddressInfo).port;
}

function block(ms: number): void {
  const endUs = nowUs() + ms * 1000;
  while (nowUs() < endUs);
}

const document = Buffer.alloc(1000, 'x');

describe('against a server that takes 50 ms', () => {
  test('every request is sent, answered, and timed from its intended start', async () => {
    const starts: number[] = [];
    const port = await serve((request, response) => {
      starts.push(Number(request.headers[INTENDED_HEADER]));
      request.resume();
      setTimeout(() => response.writeHead(202).end(), 50);
    });
    const load = new HttpLoad(port);
    const loop = new OpenLoop({
      ratePerSecond: 200,
      seconds: 0.25,
      send: (intendedUs) => void load.post(document, intendedUs),
    });
    await loop.run();
    await load.idle();
    const { answer, ...counts } = load.tally();
    load.close();
    expect(counts).toEqual({ sent: 50, accepted: 50, refused: 0, failed: 0, pending: 0 });
    expect(loop.tally()).toMatchObject({ intended: 50, sent: 50 });
    expect(answer.count).toBe(50);
    expect(answer.p50).toBeGreaterThanOrEqual(49.5);
    expect(answer.p50).toBeLessThanOrEqual(answer.p99);
    // Requests may overtake each other on their way, but their intended starts stay evenly spaced.
    const sorted = starts.toSorted((a, b) => a - b);
    const spacings = sorted.slice(1).map((start, at) => start - (sorted[at] as number));
    for (const spacing of spacings) expect(Math.abs(spacing - 5000)).toBeLessThanOrEqual(1);
  });

  test('one stall makes all who had to wait late: no coordinated omission', async () => {
    const port = await serve((request, response) => {
      request.resume();
      setTimeout(() => response.writeHead(202).end(), 50);
    });
    const load = new HttpLoad(port);
    let sent = 0;
    const loop = new OpenLoop({
      ratePerSecond: 100,
      seconds: 0.6,
      send: (intendedUs) => {
        sent += 1;
        if (sent === 10) block(400);
        void load.post(document, intendedUs);
      },
    });
    await loop.run();
    await load.idle();
    const { answer } = load.tally();
    load.close();
    // Forty requests were due during the stall; a closed loop would have seen a single slow one.
    expect(loop.tally()).toMatchObject({ intended: 60, sent: 60 });
    expect(answer.p50).toBeGreaterThanOrEqual(130);
    expect(answer.max).toBeGreaterThanOrEqual(440);
    expect(loop.tally().lateness.max).toBeGreaterThanOrEqual(380);
  });
});

test('nothing limits the number of connections: all are open before the first is answered', async () => {
  const wanted = 300;
  const waiting: Array<() => void> = [];
  const port = await serve((request, response) => {
    request.resume();
    waiting.push(() => response.writeHead(202).end());
    if (waiting.length === wanted) for (const answer of waiting) answer();
  });
  const load = new HttpLoad(port);
  for (let index = 0; index < wanted; index += 1) void load.post(document, nowUs());
  await load.idle();
  expect(load.tally()).toMatchObject({ sent: wanted, accepted: wanted });
  load.close();
});

test('a rate that can not be held is told as a difference, and ends in time', async () => {
  const loop = new OpenLoop({ ratePerSecond: 100_000, seconds: 0.05, send: () => block(1) });
  await loop.run();
  const { intended, sent, lateness } = loop.tally();
  expect(intended).toBe(5000);
  expect(sent).toBeLessThan(1000);
  expect(lateness.count).toBe(sent);
});

test('a loop that is stopped sends nothing more, and intended no more either', async () => {
  let sent = 0;
  const loop = new OpenLoop({
    ratePerSecond: 1000,
    seconds: 60,
    send: () => {
      sent += 1;
      if (sent === 5) loop.stop();
    },
  });
  await loop.run();
  const tally = loop.tally();
  expect(tally.sent).toBe(sent);
  expect(tally.intended).toBeLessThan(60_000);
  loop.stop();
  expect(loop.tally()).toEqual(tally);
});

test('even a load of less than one request sends one', async () => {
  let sent = 0;
  const loop = new OpenLoop({ ratePerSecond: 1, seconds: 0.1, send: () => (sent += 1) });
  await loop.run();
  expect(sent).toBe(1);
});

test('whoever catches up, the event loop turns after 64 arrivals at most', async () => {
  let sinceTurn = 0;
  let most = 0;
  let isOver = false;
  const turn = (): void => {
    sinceTurn = 0;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const loop: OpenLoop = new OpenLoop({
    ratePerSecond: 1_000_000,
    seconds: 0.2,
    send: () => {
      sinceTurn += 1;
      most = Math.max(most, sinceTurn);
      // Like a rejection, which arrives before the event loop has turned.
      void Promise.resolve().then(() => loop.catchUp());
    },
  });
  await loop.run();
  isOver = true;
  expect(loop.tally().sent).toBeGreaterThan(0);
  // A timer and an immediate may both fall between two turns.
  expect(most).toBeLessThanOrEqual(128);
});
