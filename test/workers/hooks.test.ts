import { describe, expect, test } from 'vitest';
import { rejection } from '../helpers/outcomes.js';
import { bindHook, runSetup } from '../../workers/hooks.js';

const thread = { threadId: 5, workerData: { given: 'data' } };
const functions = new Map<string, (...args: unknown[]) => unknown>([
  ['open', (...args) => args],
  [
    'fails',
    () => {
      throw new RangeError('failed');
    },
  ],
  [
    'sees',
    function (this: unknown) {
      return this;
    },
  ],
]);

test('an option that is not given is no hook', () => {
  expect(bindHook('setup', undefined, functions, thread)).toBeUndefined();
});

describe('a hook', () => {
  test('is called with what there is to know about the thread, and nothing else', () => {
    const hook = bindHook('setup', 'open', functions, thread);
    expect(hook?.()).toEqual([thread]);
  });

  test('is not called before that', () => {
    expect(() => bindHook('teardown', 'fails', functions, thread)).not.toThrow();
  });

  test('throws what its function throws', () => {
    expect(bindHook('teardown', 'fails', functions, thread)).toThrow(new RangeError('failed'));
  });

  test('is called without a `this`', () => {
    expect(bindHook('teardown', 'sees', functions, thread)?.()).toBeUndefined();
  });
});

describe('a name that no function has', () => {
  test.each(['setup', 'teardown'] as const)('is an error that names the option: %s', (option) => {
    expect(() => bindHook(option, 'opne', functions, thread)).toThrow(
      new TypeError(
        `Option '${option}' is 'opne', which is no exported function of the job module: it exports open, fails, sees`,
      ),
    );
  });

  test('is an error that says that there are none, if there are none', () => {
    expect(() => bindHook('setup', 'open', new Map(), thread)).toThrow(
      new TypeError(
        "Option 'setup' is 'open', which is no exported function of the job module: it exports none",
      ),
    );
  });
});

describe('a setup', () => {
  test('is awaited', async () => {
    let isDone = false;
    await runSetup('open', async () => {
      await undefined;
      isDone = true;
    });
    expect(isDone).toBe(true);
  });

  test('need not be there', async () => {
    await runSetup(undefined, undefined);
  });

  test.each<[string, unknown, string]>([
    ['an error', new RangeError('no database'), 'no database'],
    ['text', 'no database', 'no database'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['what has no text', Object.create(null), 'it threw a value without a text'],
  ])('that fails is an error that names the option, with its cause: %s', async (_, cause, text) => {
    const failing: Array<() => unknown> = [
      () => {
        throw cause;
      },
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      () => Promise.reject(cause),
    ];
    for (const setup of failing) {
      const error = await rejection(runSetup('open', setup));
      expect(error.message).toBe(`Option 'setup' is 'open', which failed: ${text}`);
      expect(error.cause).toBe(cause);
    }
  });
});
