import { afterEach, expect, test, vi } from 'vitest';
import { findRunMicrotasks } from '../../workers/microtasks.js';

const node = process as { _tickCallback?: () => void };
const tickCallback = node._tickCallback;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  node._tickCallback = tickCallback as () => void;
});

/** What it finds in a separate turn, as tests run in microtasks. */
function found(): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    setImmediate(() => resolve(findRunMicrotasks()));
  });
}

test('this Node has a function that runs what is pending', async () => {
  expect(await found()).toBe(tickCallback);
});

test('it is not trusted where it could not run anything, in a microtask', async () => {
  await Promise.resolve();
  expect(findRunMicrotasks()).toBeUndefined();
});

test.each<[string, unknown]>([
  ['missing', undefined],
  ['no function', {}],
  ['a function that does nothing, as on Bun', () => {}],
  [
    'one that throws',
    () => {
      throw new Error('not here');
    },
  ],
  [
    'one that runs them later',
    () => {
      setImmediate(tickCallback as () => void);
    },
  ],
])('it is not trusted if it is %s', async (_, stub) => {
  node._tickCallback = stub as () => void;
  expect(await found()).toBeUndefined();
});

test('it is not trusted if it runs no ticks', async () => {
  const trusted = await new Promise((resolve) => {
    setImmediate(() => {
      // Replaced only this long, as others need it.
      const { nextTick } = process;
      process.nextTick = () => {};
      try {
        resolve(findRunMicrotasks());
      } finally {
        process.nextTick = nextTick;
      }
    });
  });
  expect(trusted).toBeUndefined();
});

test.each([
  ['a flag', () => vi.spyOn(process, 'execArgv', 'get').mockReturnValue(['--pending-deprecation'])],
  ['NODE_OPTIONS', () => vi.stubEnv('NODE_OPTIONS', '--no-warnings --pending-deprecation')],
  ['NODE_PENDING_DEPRECATION', () => vi.stubEnv('NODE_PENDING_DEPRECATION', '1')],
])('it is not called where the call would print a warning: %s', async (_, stub) => {
  const call = vi.fn<() => void>(tickCallback);
  node._tickCallback = call;
  stub();
  expect(await found()).toBeUndefined();
  expect(call).not.toHaveBeenCalled();
});
