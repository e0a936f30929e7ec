/**
 * The open loop against a server that takes 50 ms for every answer, in a process of its own.
 *
 * What is proved: the generator reports what a client meets. It adds no delay of its own (the median
 * is the server's), and a stall holds none of its requests back (they are all sent when they are due,
 * and all that wait are late in the figures).
 *
 * A machine with other work delays server and generator alike. So the median is held against what plain
 * requests meet in the same seconds, of this process and to a second such server, and a measurement that
 * the machine spoilt is made again: a generator that was wrong would be wrong each time.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { get } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { repeats } from '../../helpers/extent.js';
import { nowUs } from '../../../bench/process/clock.js';
import { OpenLoop, type OpenLoopTally } from '../../../bench/load/open-loop.js';
import { HttpLoad, type PostTally } from '../../../bench/scenarios/service/load/http-load.js';
import { median } from '../../../bench/math/statistics.js';

const SERVER = new URL('../../fixtures/constant-server.js', import.meta.url);
const document = Buffer.alloc(1000, 'x');

/** What the server measured. */
interface Measured {
  readonly arrivals: ReadonlyArray<{ readonly intendedUs: number; readonly arrivedUs: number }>;
  readonly serviceMs: readonly number[];
}

let server: ChildProcess | undefined;
let control: ChildProcess | undefined;
afterEach(() => {
  server?.kill('SIGKILL');
  control?.kill('SIGKILL');
});

/** Tells the server something, or starts it, and takes its answer. */
async function ask<Answer>(message?: object): Promise<Answer> {
  server ??= fork(SERVER, { execArgv: [] });
  return await answerOf(server, message);
}

/** Tells a process something, if there is something, and takes its answer. */
async function answerOf<Answer>(asked: ChildProcess, message?: object): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    asked.once('error', reject).once('message', (answer) => resolve(answer as Answer));
    if (message !== undefined) asked.send(message);
  });
}

async function drive(
  ratePerSecond: number,
  seconds: number,
  stall?: { readonly fromRequest: number; readonly ms: number },
): Promise<{ posts: PostTally; loop: OpenLoopTally; measured: Measured }> {
  server?.kill('SIGKILL');
  server = undefined;
  const { port } = await ask<{ port: number }>();
  if (stall !== undefined) await ask({ kind: 'stall', ...stall });
  const load = new HttpLoad(port);
  const loop = new OpenLoop({
    ratePerSecond,
    seconds,
    send: (intendedUs) => void load.post(document, intendedUs),
  });
  await loop.run();
  await load.idle();
  const posts = load.tally();
  load.close();
  return { posts, loop: loop.tally(), measured: await ask<Measured>({ kind: 'measure' }) };
}

/** How long plain requests take, one after the other, until something is over. */
async function plainRequestsMs(port: number, over: Promise<unknown>): Promise<number[]> {
  const isOver = over.then(() => true);
  const times: number[] = [];
  do {
    const startUs = nowUs();
    await new Promise<void>((resolve, reject) => {
      get({ port, host: '127.0.0.1' }, (response) => response.resume().once('end', resolve)).once(
        'error',
        reject,
      );
    });
    times.push((nowUs() - startUs) / 1000);
  } while (!(await Promise.race([isOver, Promise.resolve(false)])));
  return times;
}

/** How far the intended starts lie from the even spacing of the rate, at most. */
function unevennessUs({ arrivals }: Measured, ratePerSecond: number): number {
  const starts = arrivals.map(({ intendedUs }) => intendedUs).toSorted((a, b) => a - b);
  const [first = 0] = starts;
  const offsets = starts.map((start, at) => Math.abs(start - first - (at * 1e6) / ratePerSecond));
  return Math.max(...offsets);
}

const RATES = [
  { ratePerSecond: 5, seconds: 4 },
  { ratePerSecond: 50, seconds: 3 },
  { ratePerSecond: repeats(200, 1000), seconds: 3 },
];

describe('the median is that of the server, within 10 %', () => {
  test.each(RATES)(
    'at $ratePerSecond requests a second',
    { timeout: 60_000, retry: 4 },
    async ({ ratePerSecond, seconds }) => {
      control = fork(SERVER, { execArgv: [] });
      const { port } = await answerOf<{ port: number }>(control);
      const driven = drive(ratePerSecond, seconds);
      const plainMs = median(await plainRequestsMs(port, driven)) as number;
      const { posts, loop, measured } = await driven;
      control.kill('SIGKILL');
      const total = ratePerSecond * seconds;
      expect(posts).toMatchObject({ sent: total, accepted: total, failed: 0, pending: 0 });
      expect(loop).toMatchObject({ intended: total, sent: total });
      expect(measured.arrivals.length).toBe(total);
      // The header has whole microseconds.
      expect(unevennessUs(measured, ratePerSecond)).toBeLessThanOrEqual(1);
      const serviceMs = median(measured.serviceMs) as number;
      // A timer may fire up to a millisecond early.
      expect(serviceMs).toBeGreaterThanOrEqual(49);
      // No answer can be there before it was given; the two medians round differently.
      expect(posts.answer.p50).toBeGreaterThanOrEqual(serviceMs * 0.99);
      expect(posts.answer.p50).toBeLessThanOrEqual(Math.max(serviceMs, plainMs) * 1.1);
    },
  );
});

describe('a stall of one second in the middle is in the figures', () => {
  test.each(RATES)(
    'at $ratePerSecond requests a second',
    { timeout: 60_000, retry: 2 },
    async ({ ratePerSecond }) => {
      const seconds = 4;
      const total = ratePerSecond * seconds;
      const { posts, loop, measured } = await drive(ratePerSecond, seconds, {
        fromRequest: total / 2,
        ms: 1000,
      });
      expect(posts).toMatchObject({ sent: total, accepted: total, failed: 0 });
      expect(loop).toMatchObject({ intended: total, sent: total });
      // None of them was put off until the server answered again.
      expect(unevennessUs(measured, ratePerSecond)).toBeLessThanOrEqual(1);
      // A quarter of all requests met the stall, and of them the first tenth waited 900 ms or more.
      expect(posts.answer.p99).toBeGreaterThanOrEqual(900);
      expect(posts.answer.max).toBeGreaterThanOrEqual(999);
    },
  );

  test('and a loop that waits for its answers would hide it', { timeout: 60_000 }, async () => {
    server = undefined;
    const { port } = await ask<{ port: number }>();
    await ask({ kind: 'stall', fromRequest: 60, ms: 1000 });
    const load = new HttpLoad(port);
    for (let sent = 0; sent < 120; sent += 1) await load.post(document, nowUs());
    const { answer } = load.tally();
    load.close();
    expect(answer.max).toBeGreaterThanOrEqual(999);
    expect(answer.p99).toBeLessThan(900);
  });
});
