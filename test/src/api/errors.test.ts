import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe as group, expect, test } from 'vitest';
import * as errors from '../../../src/api/errors.js';

const {
  BacklogFullError,
  describe,
  GroupClosedError,
  InvalidOptionError,
  JobDroppedError,
  JobTimeoutError,
  JobTooLargeError,
  MillraceError,
  ModuleLoadError,
  NestedPoolError,
  NotCloneableError,
  PoolClosedError,
  ThreadLostError,
  UnknownJobError,
  UnsupportedRuntimeError,
  withoutStack,
} = errors;
const cause = new Error('the cause');
/** An error whose message already has a remedy. */
const pooled = Object.assign(new Error('It is pooled. Copy it.'), { code: 'ERR_BUFFER_POOLED' });
const MODULE = 'file:///jobs.js';

interface Row {
  readonly error: errors.MillraceError;
  readonly name: string;
  readonly code: string;
  readonly message: string;
  /** The remaining fields. */
  readonly fields: object;
}

const rows: readonly Row[] = [
  {
    error: new BacklogFullError('waiters', '3 of 3 waiters', 70, 'wait'),
    name: 'BacklogFullError',
    code: 'ERR_BACKLOG_FULL',
    message:
      'The backlog is full (3 of 3 waiters). Retry after about 70 ms, answer "busy", raise ' +
      'backlog.waiters, run many jobs by pool.map(), or submit from fewer producers at once.',
    fields: { started: false, limit: 'waiters', retryAfterMs: 70 },
  },
  {
    error: new BacklogFullError('jobs', '3 of 3 jobs', 70, 'reject'),
    name: 'BacklogFullError',
    code: 'ERR_BACKLOG_FULL',
    message:
      'The backlog is full (3 of 3 jobs). Retry after about 70 ms, answer "busy", raise backlog.jobs, ' +
      "run many jobs by pool.map(), or hold the producer back: await pool.submit() with overflow: 'wait'.",
    fields: { started: false, limit: 'jobs', retryAfterMs: 70 },
  },
  {
    error: new JobTooLargeError('render', 600, 500),
    name: 'JobTooLargeError',
    code: 'ERR_JOB_TOO_LARGE',
    message:
      "Job 'render' is charged 600 bytes, more than backlog.bytes allows in all (500). Send less, " +
      'share memory, or raise backlog.bytes.',
    fields: { started: false, bytes: 600 },
  },
  {
    error: new JobDroppedError('render'),
    name: 'JobDroppedError',
    code: 'ERR_JOB_DROPPED',
    message:
      "Job 'render' was dropped from the full backlog before it started (overflow: 'drop-oldest').",
    fields: { started: false },
  },
  {
    error: new JobTimeoutError('render', 'queue', 50, false),
    name: 'JobTimeoutError',
    code: 'ERR_JOB_TIMEOUT',
    message: "Job 'render' ran into timeout.queueMs = 50 before it started.",
    fields: { started: false, phase: 'queue', timeoutMs: 50 },
  },
  {
    error: new JobTimeoutError('render', 'run', 50, true),
    name: 'JobTimeoutError',
    code: 'ERR_JOB_TIMEOUT',
    message: "Job 'render' ran into timeout.runMs = 50.",
    fields: { started: true, phase: 'run', timeoutMs: 50 },
  },
  {
    error: new ThreadLostError('render', true, cause),
    name: 'ThreadLostError',
    code: 'ERR_THREAD_LOST',
    message:
      "The thread that ran job 'render' ended before the job did; the job may have done part of its work.",
    fields: { started: true, cause },
  },
  {
    error: new ThreadLostError('render', false, undefined),
    name: 'ThreadLostError',
    code: 'ERR_THREAD_LOST',
    message:
      "The thread that job 'render' was sent to ended; the job had not started, but can't be sent " +
      'again: its input was transferred, or no thread survives reading it.',
    fields: { started: false },
  },
  {
    error: new ModuleLoadError(MODULE, cause, true),
    name: 'ModuleLoadError',
    code: 'ERR_MODULE_LOAD',
    message: 'The job module file:///jobs.js could not be loaded: the cause.',
    fields: { started: false, cause },
  },
  {
    error: new ModuleLoadError(MODULE, cause, false, 'The way out.'),
    name: 'ModuleLoadError',
    code: 'ERR_MODULE_LOAD',
    message:
      'No thread could start to load the job module file:///jobs.js: the cause. The way out.',
    fields: { started: false, cause },
  },
  {
    error: new UnknownJobError('draw', ['render', 'scale']),
    name: 'UnknownJobError',
    code: 'ERR_UNKNOWN_JOB',
    message: "The job module has no job 'draw': it exports render, scale.",
    fields: { started: false, known: ['render', 'scale'] },
  },
  {
    error: new UnknownJobError('draw', []),
    name: 'UnknownJobError',
    code: 'ERR_UNKNOWN_JOB',
    message: "The job module has no job 'draw': it exports no function.",
    fields: { started: false, known: [] },
  },
  {
    error: new NotCloneableError('render', 'input', cause),
    name: 'NotCloneableError',
    code: 'ERR_NOT_CLONEABLE',
    message:
      "The input of job 'render' can't be cloned: the cause. Send plain data; functions, symbols and " +
      'what holds them stay on their thread.',
    fields: { started: false, what: 'input', cause },
  },
  {
    error: new NotCloneableError('render', 'input', pooled),
    name: 'NotCloneableError',
    code: 'ERR_NOT_CLONEABLE',
    message: "The input of job 'render' can't be cloned: It is pooled. Copy it.",
    fields: { started: false, what: 'input', cause: pooled },
  },
  {
    error: new NotCloneableError('render', 'result', cause),
    name: 'NotCloneableError',
    code: 'ERR_NOT_CLONEABLE',
    message:
      "The result of job 'render' can't be cloned: the cause. Send plain data; functions, symbols and " +
      'what holds them stay on their thread.',
    fields: { started: true, what: 'result', cause },
  },
  {
    error: new NestedPoolError(MODULE),
    name: 'NestedPoolError',
    code: 'ERR_NESTED_POOL',
    message:
      'This thread serves file:///jobs.js, and a pool of the same module would nest without end. Make ' +
      "the pool on the main thread only: import { isMainThread } from 'node:worker_threads'; " +
      'if (isMainThread) { const pool = new Pool(…); }',
    fields: {},
  },
  {
    error: new UnsupportedRuntimeError('Deno 2.9.6', 'its ports differ.'),
    name: 'UnsupportedRuntimeError',
    code: 'ERR_UNSUPPORTED_RUNTIME',
    message: 'millrace does not run on Deno 2.9.6: its ports differ. Run it on Node.js.',
    fields: { started: false, runtime: 'Deno 2.9.6' },
  },
  {
    error: new PoolClosedError('It is closed.', true),
    name: 'PoolClosedError',
    code: 'ERR_POOL_CLOSED',
    message: 'It is closed.',
    fields: { started: true },
  },
  {
    error: new PoolClosedError('It is closed.', true, cause),
    name: 'PoolClosedError',
    code: 'ERR_POOL_CLOSED',
    message: 'It is closed.',
    fields: { started: true, cause },
  },
  {
    error: new GroupClosedError(),
    name: 'GroupClosedError',
    code: 'ERR_GROUP_CLOSED',
    message:
      'The group was left (close(), or the end of its block) and takes no more jobs. Submit before that, or make ' +
      'another group.',
    fields: { started: false },
  },
  {
    error: new InvalidOptionError('backlog.jobs', 'It is wrong.'),
    name: 'InvalidOptionError',
    code: 'ERR_INVALID_OPTION',
    message: 'It is wrong.',
    fields: { started: false, option: 'backlog.jobs' },
  },
  {
    error: new InvalidOptionError('module', 'It is wrong.', cause),
    name: 'InvalidOptionError',
    code: 'ERR_INVALID_OPTION',
    message: 'It is wrong.',
    fields: { started: false, option: 'module', cause },
  },
];

test.each(rows)('$code says: $message', ({ error, name, code, message, fields }) => {
  expect(error).toBeInstanceOf(MillraceError);
  expect(error).toBeInstanceOf(Error);
  const own = Object.fromEntries(
    Object.getOwnPropertyNames(error)
      .filter((key) => !['stack', 'message', 'code'].includes(key))
      .map((key) => [key, error[key as keyof typeof error]]),
  );
  expect([error.name, error.code, error.message]).toEqual([name, code, message]);
  expect(own).toEqual(fields);
});

test('every class that is exported is in this table, but the one that all extend', () => {
  const classes = Object.values(errors).filter((value) => value.prototype instanceof MillraceError);
  expect(new Set(rows.map((row) => row.error.constructor))).toEqual(new Set(classes));
  expect(classes.length).toBe(13);
});

test('an error is shown by the name of its class, which is no field of it', () => {
  const error = new JobDroppedError('render');
  expect(inspect(error)).toMatch(/^JobDroppedError: Job 'render' was dropped/);
  expect(Object.keys(error)).toEqual(['code', 'started']);
  expect(new MillraceError('ERR_POOL_CLOSED', 'Any.', { cause })).toMatchObject({
    name: 'MillraceError',
    code: 'ERR_POOL_CLOSED',
    message: 'Any.',
    cause,
  });
});

group('the cause in a message', () => {
  test.each<[shown: string, cause: unknown]>([
    ['with a full stop.', new Error('with a full stop.')],
    ['without one.', new Error('without one')],
    ['of another realm.', runInNewContext("new TypeError('of another realm')")],
    ['taken away.', new DOMException('taken away', 'AbortError')],
    ['text.', 'text'],
    ['undefined.', undefined],
    ['null.', null],
    ['5.', 5],
    ['Symbol(s).', Symbol('s')],
    ['[object Object].', Object.create(null)],
    ['[object Object].', Object.assign(new Error('x'), { message: Object.create(null) as string })],
  ])('ends as a sentence: %s', (shown, given) => {
    const { message } = new ModuleLoadError(MODULE, given, true);
    expect(message).toBe(`The job module file:///jobs.js could not be loaded: ${shown}`);
  });
});

group('the text of any value', () => {
  test.each<[unknown, string]>([
    ['text', 'text'],
    [5, '5'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 2], '1,2'],
    [Object.create(null), '[object Object]'],
    [
      {
        toString() {
          throw new Error('no');
        },
      },
      '[object Object]',
    ],
  ])('is given for %o', (value, text) => {
    expect(describe(value)).toBe(text);
  });
});

group('withoutStack', () => {
  test('makes an error that names no line of code, and the next one does again', () => {
    const error = withoutStack(() => new RangeError('why'));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.stack).toBe('RangeError: why');
    expect(new Error('next').stack).toMatch(/errors\.test/);
  });

  test('restores the limit of this thread, also where making the error fails', () => {
    const before = Error.stackTraceLimit;
    try {
      Error.stackTraceLimit = 7;
      withoutStack(() => new Error('why'));
      expect(Error.stackTraceLimit).toBe(7);
      expect(() =>
        withoutStack(() => {
          throw new Error('it fails');
        }),
      ).toThrow('it fails');
      expect(Error.stackTraceLimit).toBe(7);
    } finally {
      Error.stackTraceLimit = before;
    }
  });

  test('makes the error, with its stack, where the limit is read-only', () => {
    const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') as PropertyDescriptor;
    Object.defineProperty(Error, 'stackTraceLimit', { ...limit, writable: false });
    try {
      const error = withoutStack(() => new RangeError('why'));
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toBe('why');
      expect(() =>
        withoutStack(() => {
          throw new Error('it fails');
        }),
      ).toThrow('it fails');
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', limit);
    }
    expect(withoutStack(() => new Error('why')).stack).toBe('Error: why');
  });
});
