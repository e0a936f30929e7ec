/** Tests which jobs run together and which alone, with jobs that end when the test says so. */
import { expect, test } from 'vitest';
import { Alone } from '../../../../src/nats/node/alone.js';
import { macrotask } from '../../../helpers/outcomes.js';

/** Starts jobs, reports which are running, and ends them. */
function desk() {
  const alone = new Alone();
  const running = new Map<string, () => void>();
  const run = (name: string) => () => new Promise<void>((resolve) => running.set(name, resolve));
  return {
    alone,
    together: (name: string) => alone.together(run(name)),
    byItself: (name: string, limitMs = 60_000) => alone.alone(run(name), limitMs),
    end: (name: string) => {
      running.get(name)?.();
      running.delete(name);
    },
    running: async () => {
      await macrotask();
      return [...running.keys()].toSorted();
    },
  };
}

test('jobs run together, until one wants to be alone', async () => {
  const { together, byItself, end, running } = desk();
  void together('a');
  void together('b');
  expect(await running()).toEqual(['a', 'b']);
  void byItself('x');
  void together('c');
  expect(await running()).toEqual(['a', 'b']);
  end('a');
  expect(await running()).toEqual(['b']);
  end('b');
  expect(await running()).toEqual(['x']);
  end('x');
  expect(await running()).toEqual(['c']);
});

test('several that want to be alone run one after the other, in their order', async () => {
  const { together, byItself, end, running } = desk();
  for (const name of ['x', 'y', 'z']) void byItself(name);
  void together('a');
  for (const name of ['x', 'y', 'z']) {
    expect(await running()).toEqual([name]);
    end(name);
  }
  expect(await running()).toEqual(['a']);
});

test('one that fails lets the others go on, and fails alone', async () => {
  const { alone, together, running } = desk();
  const failing = alone.alone(async () => {
    throw new Error('lost');
  }, 60_000);
  void together('a');
  await expect(failing).rejects.toThrow('lost');
  expect(await running()).toEqual(['a']);
});

test('one whose turn does not come in time gives up, and holds nobody up', async () => {
  const { together, byItself, end, running } = desk();
  void together('long');
  const giving = byItself('x', 10);
  void together('b');
  expect(await giving).toBe(false);
  expect(await running()).toEqual(['b', 'long']);
  for (const name of ['long', 'b']) end(name);
  void byItself('y', 10);
  expect(await running()).toEqual(['y']);
});

test('free() fulfils when nobody is alone', async () => {
  const { alone, byItself, end } = desk();
  await alone.free();
  void byItself('x');
  let isFree = false;
  const waiting = (async () => {
    await alone.free();
    isFree = true;
  })();
  await macrotask();
  expect(isFree).toBe(false);
  end('x');
  await waiting;
});
