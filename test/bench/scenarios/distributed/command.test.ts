import { expect, test } from 'vitest';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { plain, widthOf } from '../../../../bench/report/terminal/paint.js';
import { distributed } from '../../../../bench/scenarios/distributed/command.js';

const figure = (median: number) => ({ median, min: median, max: median, rounds: [median] });

const RESULT = {
  scenario: 'distributed',
  startedAt: '2026-01-01T00:00:00.000Z',
  isInterrupted: false,
  failures: [],
  settings: { inFlight: 256, rounds: 1, seed: 1, windowMs: 1000, warmUpMs: 500 },
  points: [1, 2].map((nodes) => ({
    nodes,
    perSecond: figure(2000 * nodes),
    p50Ms: figure(1.5),
    p99Ms: figure(4),
    waitP99Ms: figure(150 / nodes),
    impliedWaitMs: figure(80 / nodes),
  })),
};

test('the first lines say what goes through, and how long submitters wait', () => {
  const [first, second] = distributed.describe(RESULT).blocks;
  expect(first).toMatchObject({
    role: 'point',
    text: 'With 1 node 2,000 no-ops per second go through one stream; one at a time takes 1.50 ms.',
  });
  expect(second).toMatchObject({
    role: 'point',
    text:
      'Of the submitters that wait for room 99 % wait up to 150 ms; the service time alone implies 80.0 ms on ' +
      'average.',
  });
  for (const line of renderDocument(distributed.describe(RESULT), plain)) {
    expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
  }
});

test('another run is compared by the figures of each point', () => {
  expect(distributed.figures(RESULT).map(({ name, median }) => [name, median])).toEqual([
    ['1 node: jobs', 2000],
    ['1 node: latency p50', 1.5],
    ['1 node: latency p99', 4],
    ['1 node: wait for room p99', 150],
    ['2 nodes: jobs', 4000],
    ['2 nodes: latency p50', 1.5],
    ['2 nodes: latency p99', 4],
    ['2 nodes: wait for room p99', 75],
  ]);
});
