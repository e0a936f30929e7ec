import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../bench/options/flags.js';
import { measureRounds, type RoundsPlan } from '../../../bench/harness/rounds.js';
import type { Surroundings } from '../../../bench/harness/scenario.js';
import { plain } from '../../../bench/report/terminal/paint.js';

function surroundings(signal = new AbortController().signal): Surroundings & { text(): string } {
  let text = '';
  const screen = { write: (more: string) => (text += more) };
  return { screen, paint: plain, signal, text: () => text };
}

function plan(
  measure: (point: number, arm: string) => number | Promise<number>,
  changes: Partial<RoundsPlan<number, string, number>> = {},
): RoundsPlan<number, string, number> {
  return {
    rounds: 3,
    seed: 1,
    points: [1, 2, 3, 4],
    arms: ['a', 'b', 'c'],
    secondsEach: 1,
    describe: (point, arm) => `${arm} at ${point}`,
    measure: async (point, arm) => await measure(point, arm),
    ...changes,
  };
}

async function orderOf(seed: number): Promise<string[]> {
  const order: string[] = [];
  const measure = (point: number, arm: string) => order.push(`${point}${arm}`);
  await measureRounds(plan(measure, { seed }), surroundings());
  return order;
}

test('each round has every arm at every point once, all arms of a point next to each other', async () => {
  const order = await orderOf(1);
  expect(order.length).toBe(36);
  for (let at = 0; at < 36; at += 12) expect(new Set(order.slice(at, at + 12)).size).toBe(12);
  for (let at = 0; at < 36; at += 3) {
    const together = order.slice(at, at + 3);
    expect(new Set(together.map((each) => each[0])).size).toBe(1);
    expect(together.map((each) => each[1]).toSorted()).toEqual(['a', 'b', 'c']);
  }
});

test('the seed decides the order, which differs from round to round', async () => {
  const order = await orderOf(1);
  expect(await orderOf(1)).toEqual(order);
  expect(await orderOf(2)).not.toEqual(order);
  expect(order.slice(12, 24)).not.toEqual(order.slice(0, 12));
});

test('a series has the figures of one arm at one point, by their rounds', async () => {
  let calls = 0;
  const measured = await measureRounds(
    plan((point, arm) => (arm === 'b' && point === 3 ? (calls += 1) : 0)),
    surroundings(),
  );
  expect([...measured.series(3, 'b', (reply) => reply * 10)]).toEqual([
    [1, 10],
    [2, 20],
    [3, 30],
  ]);
});

test('a failed measurement is told, and the others go on', async () => {
  const measured = await measureRounds(
    plan((point, arm) => {
      if (arm === 'b' && point === 3) throw new Error('broken');
      return 1;
    }),
    surroundings(),
  );
  expect(measured.failures).toEqual(['b at 3: broken', 'b at 3: broken', 'b at 3: broken']);
  expect(measured.series(3, 'b', Number).size).toBe(0);
  expect(measured.series(3, 'a', Number).size).toBe(3);
});

test('an interruption ends it; what was measured before is kept', async () => {
  const interruption = new AbortController();
  let calls = 0;
  const measured = await measureRounds(
    plan(() => {
      calls += 1;
      if (calls < 14) return 1;
      interruption.abort();
      throw new Error('killed');
    }),
    surroundings(interruption.signal),
  );
  expect(calls).toBe(14);
  expect(measured).toMatchObject({ isInterrupted: true, failures: [] });
  expect(measured.series(1, 'a', Number).get(1)).toBe(1);
});

test('the screen is told of each round and how long it takes', async () => {
  const screen = surroundings();
  await measureRounds(
    plan(() => 1, { label: 'Saturation' }),
    screen,
  );
  expect(screen.text()).toBe(
    [1, 2, 3].map((round) => `Saturation ${round} of 3: up to 12 s …\n`).join(''),
  );
});

describe('a filter', () => {
  async function measuredWith(filter: string | undefined): Promise<string[]> {
    const order: string[] = [];
    const measure = (point: number, arm: string) => order.push(`${point}${arm}`);
    await measureRounds(plan(measure, filter === undefined ? {} : { filter }), surroundings());
    return order;
  }

  test('leaves what contains the text, in the order of the whole', async () => {
    const all = await measuredWith(undefined);
    expect(await measuredWith('B at')).toEqual(all.filter((each) => each.endsWith('b')));
    expect(await measuredWith('c at 3')).toEqual(['3c', '3c', '3c']);
    expect(await measuredWith(' AT ')).toEqual(all);
  });

  test('shortens the time that the screen is told', async () => {
    const screen = surroundings();
    const changes = { filter: 'a at 2', rounds: 1 };
    await measureRounds(
      plan(() => 1, changes),
      screen,
    );
    expect(screen.text()).toBe('Round 1 of 1: up to 1 s …\n');
  });

  test('that leaves nothing is an error before anything is measured', async () => {
    const screen = surroundings();
    let calls = 0;
    const measuring = measureRounds(
      plan(() => (calls += 1), { filter: 'd at' }),
      screen,
    );
    await expect(measuring).rejects.toThrow(
      new UsageError(
        "Option '--filter' is 'd at', which matches no measurement; valid is part of one of 'a at 1', " +
          "'c at 1', 'b at 2', 'a at 3', 'c at 3', 'b at 4' and 6 more.",
      ),
    );
    expect({ calls, text: screen.text() }).toEqual({ calls: 0, text: '' });
  });

  test('is no error where there is nothing to measure anyway', async () => {
    const measured = await measureRounds(
      plan(() => 1, { filter: 'x', points: [] }),
      surroundings(),
    );
    expect(measured.failures).toEqual([]);
  });
});

test('what was measured without a stable warm-up is told, and is in the figures', async () => {
  const measured = await measureRounds(
    plan((point) => point, { isStable: (point) => point !== 2, rounds: 1 }),
    surroundings(),
  );
  expect(measured.unstable.toSorted()).toEqual(['a at 2', 'b at 2', 'c at 2']);
  expect(measured.series(2, 'a', Number).get(1)).toBe(2);
});
