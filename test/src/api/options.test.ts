import { fileURLToPath, pathToFileURL } from 'node:url';
import { SHARE_ENV } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { InvalidOptionError } from '../../../src/api/errors.js';
import {
  checkSubmitOptions,
  closeDeadlineMs,
  type PoolOptions,
  poolSettings,
  type Settings,
  type SubmitOptions,
} from '../../../src/api/options.js';
import { defaultThreads } from '../../../src/api/parallelism.js';
import { thrownBy } from '../../helpers/outcomes.js';

/** An existing file: the sources have no compiled host. */
const HOST = fileURLToPath(import.meta.url);
const MODULE = '/jobs.js';
const findHost = (): URL => new URL(import.meta.url);

function settingsOf(options: PoolOptions): Settings {
  return poolSettings(MODULE, { host: HOST, ...options }, findHost);
}

/** The option and the message of the error for invalid options. */
function complaint(run: () => unknown): { option: string; message: string } {
  const error = thrownBy(run);
  expect(error).toBeInstanceOf(InvalidOptionError);
  return { option: error.option, message: error.message };
}

const wrongPool = (options: unknown): { option: string; message: string } =>
  complaint(() => poolSettings(MODULE, options, findHost));

test('a pool without options has safe ones', () => {
  expect(settingsOf({})).toEqual({
    module: 'file:///jobs.js',
    threads: defaultThreads(),
    concurrency: 1,
    coalesce: true,
    backlog: { jobs: 1024, bytes: 67_108_864, waiters: 1024 },
    overflow: 'wait',
    loadTimeoutMs: 30_000,
    graceMs: undefined,
    drainMs: 1000,
    teardownMs: 5000,
    hooks: { setup: undefined, teardown: undefined },
    hostPath: HOST,
    threadOptions: {},
  });
});

test('options that are undefined are left out', () => {
  const none = Object.fromEntries(
    [
      'threads',
      'concurrency',
      'coalesce',
      'backlog',
      'overflow',
      'loadTimeoutMs',
      'graceMs',
      'drainMs',
      'teardownMs',
      'setup',
      'teardown',
      'env',
      'argv',
    ].map((name) => [name, undefined]),
  );
  expect(settingsOf(none)).toEqual(settingsOf({}));
  expect(settingsOf({ backlog: { jobs: undefined, bytes: undefined } as never })).toEqual(
    settingsOf({}),
  );
});

describe('numbers', () => {
  test.each<
    [option: string, min: number, max: number, make: (value: unknown) => unknown, path: string[]]
  >([
    ['threads', 1, 1024, (threads) => ({ threads }), ['threads']],
    ['concurrency', 1, 65_536, (concurrency) => ({ concurrency }), ['concurrency']],
    ['loadTimeoutMs', 1, 2_147_483_647, (loadTimeoutMs) => ({ loadTimeoutMs }), ['loadTimeoutMs']],
    ['graceMs', 0, 2_147_483_647, (graceMs) => ({ graceMs }), ['graceMs']],
    ['drainMs', 0, 2_147_483_647, (drainMs) => ({ drainMs }), ['drainMs']],
    ['teardownMs', 0, 2_147_483_647, (teardownMs) => ({ teardownMs }), ['teardownMs']],
    ['backlog.jobs', 0, 2_147_483_648, (jobs) => ({ backlog: { jobs } }), ['backlog', 'jobs']],
    [
      'backlog.bytes',
      1,
      Number.MAX_SAFE_INTEGER,
      (bytes) => ({ backlog: { bytes } }),
      ['backlog', 'bytes'],
    ],
    [
      'backlog.waiters',
      0,
      2_147_483_648,
      (waiters) => ({ backlog: { waiters } }),
      ['backlog', 'waiters'],
    ],
  ])('%s is a whole number from %i to %i', (option, min, max, make, path) => {
    for (const value of [min, max]) {
      const settings: unknown = settingsOf(make(value) as PoolOptions);
      expect(path.reduce<unknown>((from, name) => (from as never)[name], settings)).toBe(value);
    }
    for (const [value, shown] of [
      [min - 1, String(min - 1)],
      [max + 1, String(max + 1)],
      [min + 0.5, String(min + 0.5)],
      [Number.NaN, 'NaN'],
      [Infinity, 'Infinity'],
      [null, 'null'],
      ['4', "'4'"],
      [4n, '4n'],
    ] as const) {
      expect(wrongPool(make(value))).toEqual({
        option,
        message: `Option '${option}' is ${shown}; valid is a whole number from ${min} to ${max}.`,
      });
    }
  });

  test.each([0, 5, 2 ** 31])('backlog: %i stands for that many jobs', (jobs) => {
    expect(settingsOf({ backlog: jobs }).backlog).toEqual({ ...settingsOf({}).backlog, jobs });
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 31 + 1])('backlog: %d is no number of jobs', (jobs) => {
    expect(wrongPool({ backlog: jobs })).toEqual({
      option: 'backlog.jobs',
      message: `Option 'backlog.jobs' is ${jobs}; valid is a whole number from 0 to 2147483648.`,
    });
  });
});

describe('choices', () => {
  test.each(['wait', 'reject', 'drop-oldest'] as const)('overflow: %s', (overflow) => {
    expect(settingsOf({ overflow }).overflow).toBe(overflow);
  });

  test.each([true, false])('coalesce: %o', (coalesce) => {
    expect(settingsOf({ coalesce }).coalesce).toBe(coalesce);
  });

  test.each([
    ['overflow', 'drop-newest', "'drop-newest'", "'wait', 'reject', 'drop-oldest'"],
    ['overflow', null, 'null', "'wait', 'reject', 'drop-oldest'"],
    ['coalesce', 'true', "'true'", 'true, false'],
    ['coalesce', 1, '1', 'true, false'],
    ['coalesce', null, 'null', 'true, false'],
  ])('%s may not be %o', (option, value, shown, valid) => {
    expect(wrongPool({ [option]: value })).toEqual({
      option,
      message: `Option '${option}' is ${shown}; valid is ${valid}.`,
    });
  });
});

describe('objects', () => {
  const POOL =
    'threads, concurrency, coalesce, backlog, overflow, loadTimeoutMs, graceMs, drainMs, teardownMs, ' +
    'setup, teardown, host, resourceLimits, env, argv, execArgv, workerData';

  test.each([
    ['null', null],
    ['5', 5],
    ["'text'", 'text'],
    ['[]', []],
    ['[Function (anonymous)]', (() => () => {})()],
  ])('the options of a pool are no %s', (shown, options) => {
    expect(wrongPool(options)).toEqual({
      option: 'options',
      message: `Option 'options' is ${shown}; valid is an object with ${POOL}.`,
    });
  });

  test.each([
    ['null', null],
    ["'4'", '4'],
    ['true', true],
    ['[ 4 ]', [4]],
  ])('a backlog is no %s', (shown, backlog) => {
    expect(wrongPool({ backlog })).toEqual({
      option: 'backlog',
      message: `Option 'backlog' is ${shown}; valid is an object with jobs, bytes, waiters.`,
    });
  });

  test.each([
    [{ thread: 1 }, 'thread', POOL],
    [{ threads: 1, Threads: undefined }, 'Threads', POOL],
    [{ backlog: { job: 1 } }, 'backlog.job', 'jobs, bytes, waiters'],
  ])('a name that is not known is no option: %j', (options, option, known) => {
    expect(wrongPool(options)).toEqual({
      option,
      message: `Unknown option '${option}'. Known are: ${known}.`,
    });
  });

  test('a long value is cut short where it is shown, and never deeper than its top', () => {
    const { message } = wrongPool({ overflow: 'x'.repeat(119) });
    expect(message).toMatch(/^Option 'overflow' is 'x{119}…; valid is 'wait'/);
    expect(wrongPool({ overflow: 'x'.repeat(118) }).message).toMatch(
      /^Option 'overflow' is 'x{118}'; valid is 'wait'/,
    );
    expect(wrongPool({ overflow: { deep: { deeper: 1 } } }).message).toMatch(
      /^Option 'overflow' is \{ deep: \[Object\] \}; valid is 'wait'/,
    );
  });
});

describe('hooks', () => {
  test.each(['open', 'default', 'a name of any kind'])('are named: %o', (name) => {
    expect(settingsOf({ setup: name } as PoolOptions).hooks).toEqual({
      setup: name,
      teardown: undefined,
    });
    expect(settingsOf({ teardown: name } as PoolOptions).hooks).toEqual({
      setup: undefined,
      teardown: name,
    });
  });

  test.each([
    ["''", ''],
    ['null', null],
    ['5', 5],
    ['[Function: open]', function open() {}],
  ])('are not %s', (shown, value) => {
    for (const option of ['setup', 'teardown']) {
      expect(wrongPool({ [option]: value })).toEqual({
        option,
        message: `Option '${option}' is ${shown}; valid is the name of an exported function of the job module.`,
      });
    }
  });
});

test('what belongs to threads is passed on untouched, what is undefined is not', () => {
  const resourceLimits = { stackSizeMb: 4 };
  const workerData = { any: 'thing' };
  const { threadOptions } = settingsOf({
    resourceLimits,
    env: SHARE_ENV,
    argv: ['a'],
    execArgv: [],
    workerData,
  });
  expect(threadOptions).toEqual({
    resourceLimits,
    env: SHARE_ENV,
    argv: ['a'],
    execArgv: [],
    workerData,
  });
  expect(threadOptions['workerData']).toBe(workerData);
  expect(
    Object.keys(settingsOf({ workerData: null, argv: undefined } as never).threadOptions),
  ).toEqual(['workerData']);
});

/** A `URL` of another class, as in test environments. */
class OtherURL {
  readonly href: string;
  constructor(href: string) {
    this.href = href;
  }
  get protocol(): string {
    return this.href.slice(0, this.href.indexOf(':') + 1);
  }
}

describe('files', () => {
  const VALID = "a file: URL such as new URL('./jobs.js', import.meta.url), or an absolute path";

  test.each([
    ['a path', '/a b/jobs.js', 'file:///a%20b/jobs.js'],
    ['a URL', new URL('file:///a/jobs.js?v=2#part'), 'file:///a/jobs.js?v=2#part'],
    [
      'a URL of another class',
      new OtherURL('file:///a/jobs.js?v=2') as URL,
      'file:///a/jobs.js?v=2',
    ],
    ['the text of a URL', 'file:///a/jobs.js', 'file:///a/jobs.js'],
    ['the text of a URL in capitals', 'FILE:///a/jobs.js', 'file:///a/jobs.js'],
  ])('a module is given by %s', (_, module, href) => {
    expect(poolSettings(module, { host: HOST }, findHost).module).toBe(href);
  });

  test.each([
    ['a path', HOST],
    ['a URL', pathToFileURL(HOST)],
    ['a URL of another class', new OtherURL(pathToFileURL(HOST).href) as URL],
    ['the text of a URL', pathToFileURL(HOST).href],
  ])('a host is given by %s', (_, host) => {
    expect(settingsOf({ host }).hostPath).toBe(HOST);
  });

  test.each([
    ["'./jobs.js'", './jobs.js', false],
    ["'millrace'", 'millrace', false],
    ["'my-file:///jobs.js'", 'my-file:///jobs.js', false],
    ['undefined', undefined, false],
    ['null', null, false],
    ['5', 5, false],
    ["'https://host/jobs.js'", new URL('https://host/jobs.js'), true],
    ["'https://host/jobs.js'", new OtherURL('https://host/jobs.js'), true],
    ["'no URL'", new OtherURL('no URL'), true],
    ["{ href: 'file:///a/jobs.js' }", { href: 'file:///a/jobs.js' }, false],
    ["'file://elsewhere/jobs.js'", 'file://elsewhere/jobs.js', true],
    ["'file:///a%2Fb.js'", 'file:///a%2Fb.js', true],
  ])('%s is no module', (shown, module, hasCause) => {
    const error = thrownBy(() => poolSettings(module, { host: HOST }, findHost));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect([error.option, error.message]).toEqual([
      'module',
      `Option 'module' is ${shown}; valid is ${VALID}.`,
    ]);
    expect(error.cause !== undefined).toBe(hasCause);
  });

  test('a URL that Vite has rewritten for a browser is refused with the way out', () => {
    const { message } = thrownBy(() =>
      poolSettings(new URL('http://localhost:3000/jobs.js'), { host: HOST }, findHost),
    );
    expect(message).toBe(
      `Option 'module' is 'http://localhost:3000/jobs.js'; valid is ${VALID}. Vitest turns the former into an ` +
        "http: URL in a DOM environment: use import.meta.resolve('./jobs.js') there.",
    );
  });

  test('a host that is no file is refused, and so is one that does not exist', () => {
    expect(wrongPool({ host: 'host.cjs' })).toEqual({
      option: 'host',
      message: `Option 'host' is 'host.cjs'; valid is ${VALID}.`,
    });
    expect(wrongPool({ host: '/nowhere/host.cjs' }).message).toMatch(
      /^Option 'host' is \/nowhere\/host\.cjs, which does not exist/,
    );
  });

  test('without a host it is the one beside this library', () => {
    expect(poolSettings(MODULE, {}, findHost).hostPath).toBe(HOST);
  });
});

describe('the options of a job', () => {
  test.each<[string, SubmitOptions]>([
    ['none', {}],
    ['none that is defined', { signal: undefined, timeout: undefined, bytes: undefined } as never],
    ['a signal', { signal: new AbortController().signal }],
    ['a signal of another realm', { signal: { aborted: false, addEventListener() {} } as never }],
    ['the least timeout', { timeout: 1 }],
    ['the greatest timeout', { timeout: 2_147_483_647 }],
    ['no timeouts', { timeout: {} }],
    ['the least timeouts', { timeout: { acceptMs: 1, queueMs: 1, runMs: 1, totalMs: 1 } }],
    ['the greatest', { timeout: { acceptMs: 2 ** 31 - 1, totalMs: 2 ** 31 - 1 } }],
    ['nothing to transfer', { transfer: [] }],
    ['a buffer to transfer', { transfer: [new ArrayBuffer(1)] }],
    ['no bytes', { bytes: 0 }],
    ['the most bytes', { bytes: Number.MAX_SAFE_INTEGER }],
    ['no grace', { graceMs: 0 }],
    ['the longest grace', { graceMs: 2 ** 31 - 1 }],
    ['a listener', { onProgress() {} }],
    [
      'a grace and a listener that are undefined',
      { graceMs: undefined, onProgress: undefined } as never,
    ],
  ])('may be %s', (_, options) => {
    expect(checkSubmitOptions(options)).toBeUndefined();
  });

  const MS = 'a whole number from 1 to 2147483647';
  const GRACE = 'a whole number from 0 to 2147483647';
  const OPTIONS = 'signal, timeout, transfer, bytes, graceMs, onProgress';
  test.each<[option: string, shown: string, valid: string, options: unknown]>([
    ['options', 'null', `an object with ${OPTIONS}`, null],
    ['options', '[]', `an object with ${OPTIONS}`, []],
    ['signal', 'null', 'an AbortSignal', { signal: null }],
    ['signal', '5', 'an AbortSignal', { signal: 5 }],
    ['signal', '{}', 'an AbortSignal', { signal: {} }],
    ['signal', '{ aborted: false }', 'an AbortSignal', { signal: { aborted: false } }],
    [
      'signal',
      '{ addEventListener: [Function: addEventListener] }',
      'an AbortSignal',
      { signal: { addEventListener() {} } },
    ],
    ['timeout', '0', MS, { timeout: 0 }],
    ['timeout', '2147483648', MS, { timeout: 2 ** 31 }],
    ['timeout', '1.5', MS, { timeout: 1.5 }],
    ['timeout', 'null', 'an object with acceptMs, queueMs, runMs, totalMs', { timeout: null }],
    ['timeout', "'5'", 'an object with acceptMs, queueMs, runMs, totalMs', { timeout: '5' }],
    ['timeout.acceptMs', '0', MS, { timeout: { acceptMs: 0 } }],
    ['timeout.queueMs', '0', MS, { timeout: { queueMs: 0 } }],
    ['timeout.runMs', '2147483648', MS, { timeout: { runMs: 2 ** 31 } }],
    ['timeout.totalMs', "'5'", MS, { timeout: { totalMs: '5' } }],
    ['transfer', '{}', 'an array of ArrayBuffers, MessagePorts and the like', { transfer: {} }],
    ['bytes', '-1', 'a whole number from 0 to 9007199254740991', { bytes: -1 }],
    ['bytes', 'NaN', 'a whole number from 0 to 9007199254740991', { bytes: Number.NaN }],
    ['graceMs', '-1', GRACE, { graceMs: -1 }],
    ['graceMs', '2147483648', GRACE, { graceMs: 2 ** 31 }],
    ['graceMs', 'Infinity', GRACE, { graceMs: Infinity }],
    ['graceMs', "'5'", GRACE, { graceMs: '5' }],
    ['onProgress', 'null', 'a function', { onProgress: null }],
    ['onProgress', "'log'", 'a function', { onProgress: 'log' }],
  ])('%s may not be %s', (option, shown, valid, options) => {
    expect(complaint(() => checkSubmitOptions(options as SubmitOptions))).toEqual({
      option,
      message: `Option '${option}' is ${shown}; valid is ${valid}.`,
    });
  });

  test.each([
    [{ priority: 1 }, 'priority', OPTIONS],
    [{ timeout: { runMS: 5 } }, 'timeout.runMS', 'acceptMs, queueMs, runMs, totalMs'],
  ])('know no other names: %j', (options, option, known) => {
    expect(complaint(() => checkSubmitOptions(options as SubmitOptions))).toEqual({
      option,
      message: `Unknown option '${option}'. Known are: ${known}.`,
    });
  });
});

describe('the deadline of close', () => {
  test.each([
    [undefined, undefined],
    [{}, undefined],
    [{ deadlineMs: 0 }, 0],
    [{ deadlineMs: 2_147_483_647 }, 2_147_483_647],
  ])('of %j is %j', (options, deadlineMs) => {
    expect(closeDeadlineMs(options)).toBe(deadlineMs);
  });

  test.each([
    ['deadlineMs', '-1', 'a whole number from 0 to 2147483647', { deadlineMs: -1 }],
    ['deadlineMs', '2147483648', 'a whole number from 0 to 2147483647', { deadlineMs: 2 ** 31 }],
    ['deadlineMs', 'null', 'a whole number from 0 to 2147483647', { deadlineMs: null }],
    ['options', 'null', 'an object with deadlineMs', null],
    ['options', '5', 'an object with deadlineMs', 5],
  ])('%s may not be %s', (option, shown, valid, options) => {
    expect(complaint(() => closeDeadlineMs(options as never))).toEqual({
      option,
      message: `Option '${option}' is ${shown}; valid is ${valid}.`,
    });
  });

  test('has no other name', () => {
    expect(complaint(() => closeDeadlineMs({ deadline: 1 } as never))).toEqual({
      option: 'deadline',
      message: "Unknown option 'deadline'. Known are: deadlineMs.",
    });
  });
});
