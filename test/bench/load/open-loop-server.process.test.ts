/**
 * Runs the open loop against a server in a separate process that takes 50 ms for every response.
 *
 * It proves that the generator reports what a client sees, and that a stall holds none of its requests back (they are
 * sent when they are due, and all that wait count as late).
 *
 * Other work on the machine delays server and generator alike. The reported latencies are therefore compared with two
 * independent observations of the very same requests: the server's own timestamps, and those of Node's diagnostics
 * channel in the client.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, describe, expect, test } from 'vitest';
import { repeats } from '../../helpers/extent.js';
import { nowUs } from '../../../bench/process/clock.js';
import { OpenLoop, type OpenLoopTally } from '../../../bench/load/open-loop.js';
import {
  HttpLoad,
  INTENDED_HEADER,
  type PostTally,
} from '../../../bench/scenarios/service/load/http-load.js';
import { median } from '../../../bench/math/statistics.js';

const SERVER = new URL('../../fixtures/constant-server.js', import.meta.url);
const document = Buffer.alloc(1000, 'x');

/** A request as the server saw it. */
interface Served {
  readonly intendedUs: number;
  readonly arrivedUs: number;
  readonly answeredUs: number;
}

/** A load of some seconds, as generator, client and server saw it. */
interface Driven {
  readonly posts: PostTally;
  readonly loop: OpenLoopTally;
  /** Times from the scheduled start to the response, as the client's runtime saw them. */
  readonly seenMs: readonly number[];
  readonly served: readonly Served[];
  /** The longest time for which this process was held up. */
  readonly heldUpMs: number;
}

let server: ChildProcess | undefined;
afterEach(() => {
  server?.kill('SIGKILL');
  server = undefined;
});

/** Sends the server a message and returns its answer; starts the server if it is not running. */
async function ask<Answer>(message?: object): Promise<Answer> {
  const asked = (server ??= fork(SERVER, { execArgv: [] }));
  return await new Promise((resolve, reject) => {
    asked.once('error', reject).once('message', (answer) => resolve(answer as Answer));
    if (message !== undefined) asked.send(message);
  });
}

/** Collects the response times that Node itself reports, until the returned function is called. */
function watchResponses(): { readonly seenMs: number[]; readonly end: () => void } {
  const seenMs: number[] = [];
  const note = (message: unknown) => {
    const { request } = message as { readonly request: ClientRequest };
    seenMs.push((nowUs() - Number(request.getHeader(INTENDED_HEADER))) / 1000);
  };
  subscribe('http.client.response.finish', note);
  return { seenMs, end: () => unsubscribe('http.client.response.finish', note) };
}

async function drive(
  ratePerSecond: number,
  seconds: number,
  stall?: { readonly fromRequest: number; readonly ms: number },
): Promise<Driven> {
  const { port } = await ask<{ port: number }>();
  if (stall !== undefined) await ask({ kind: 'stall', ...stall });
  const load = new HttpLoad(port);
  const loop = new OpenLoop({
    ratePerSecond,
    seconds,
    send: (intendedUs) => void load.post(document, intendedUs),
  });
  const watch = watchResponses();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await loop.run();
  delay.disable();
  await load.idle();
  watch.end();
  const posts = load.tally();
  load.close();
  const { served } = await ask<{ served: Served[] }>({ kind: 'measure' });
  const heldUpMs = delay.max / 1e6;
  return { posts, loop: loop.tally(), seenMs: watch.seenMs, served, heldUpMs };
}

/** Checks that every request was sent, answered and counted once, at its place in the even spacing of the rate. */
function verifySent(driven: Driven, ratePerSecond: number, total: number): void {
  const { posts, loop, served, heldUpMs } = driven;
  const { sent } = loop;
  expect(loop.intended).toBe(total);
  // The loop gives up on arrivals that are not sent 100 ms after its end, for which it has to be held up that long.
  if (heldUpMs < 50) expect(sent).toBe(total);
  expect(sent).toBeGreaterThan(total / 2);
  expect(posts).toMatchObject({ sent, accepted: sent, failed: 0, pending: 0 });
  expect(served.length).toBe(sent);
  const starts = served.map(({ intendedUs }) => intendedUs).toSorted((a, b) => a - b);
  const [first = 0] = starts;
  const offsets = starts.map((start, at) => Math.abs(start - first - (at * 1e6) / ratePerSecond));
  // The header has whole microseconds.
  expect(Math.max(...offsets)).toBeLessThanOrEqual(1);
}

const RATES = [
  { ratePerSecond: 5, seconds: 3 },
  { ratePerSecond: 50, seconds: 2 },
  { ratePerSecond: repeats(200, 1000), seconds: 2 },
];

test.each(RATES)(
  'at $ratePerSecond requests a second, the median is what the client sees, and no less than the server took',
  { timeout: 60_000 },
  async ({ ratePerSecond, seconds }) => {
    const driven = await drive(ratePerSecond, seconds);
    verifySent(driven, ratePerSecond, ratePerSecond * seconds);
    const { posts, seenMs, served } = driven;
    expect(seenMs.length).toBe(posts.sent);
    // The histogram has three significant digits.
    const seen = median(seenMs) as number;
    expect(posts.answer.p50).toBeGreaterThanOrEqual(seen * 0.98);
    expect(posts.answer.p50).toBeLessThanOrEqual(seen * 1.02);
    const taken = median(
      served.map(({ intendedUs, answeredUs }) => (answeredUs - intendedUs) / 1000),
    ) as number;
    // A timer may fire up to a millisecond early.
    expect(taken).toBeGreaterThanOrEqual(49);
    expect(posts.answer.p50).toBeGreaterThanOrEqual(taken * 0.99);
  },
);

describe('a stall of one second in the middle is reported', () => {
  test.each(RATES)(
    'at $ratePerSecond requests a second',
    { timeout: 60_000 },
    async ({ ratePerSecond }) => {
      const total = ratePerSecond * 4;
      const driven = await drive(ratePerSecond, 4, { fromRequest: total / 2, ms: 1000 });
      verifySent(driven, ratePerSecond, total);
      const { posts } = driven;
      const served = driven.served.toSorted((a, b) => a.arrivedUs - b.arrivedUs);
      const stalledUs = (served[total / 2 - 1] as Served).arrivedUs;
      const due = served.filter(
        ({ intendedUs }) => intendedUs > stalledUs && intendedUs < stalledUs + 0.9e6,
      );
      // None of them was put off until the server answered again. That most came at their time is enough: of a loop
      // that waits for its responses, all would be late.
      const came = due.filter(({ arrivedUs }) => arrivedUs < stalledUs + 1e6);
      expect(due.length).toBeGreaterThan(0);
      expect(came.length).toBeGreaterThan(due.length / 2);
      // The requests that were due in the first tenth of the stall waited 900 ms or more; they are more than a hundredth.
      expect(posts.answer.p99).toBeGreaterThanOrEqual(900);
      expect(posts.answer.max).toBeGreaterThanOrEqual(999);
    },
  );

  test('and a loop that waits for its responses would hide it', { timeout: 60_000 }, async () => {
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
