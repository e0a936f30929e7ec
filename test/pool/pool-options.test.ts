import { availableParallelism } from 'node:os';
import { inspect } from 'node:util';
import { InvalidOptionError, Pool } from 'millrace';
import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { macrotask, thrownBy } from '../helpers/outcomes.js';
import { rows } from '../helpers/rows.js';

const { makePool, threads } = guard();
const module = fixture('jobs.js');

const notWhole = [1.5, Number.NaN, Infinity, -Infinity, '4', null, true, {}, [], 4n, () => 4];

/** The error of these options, and the number of threads that were started nevertheless. */
async function refusal(options: unknown): Promise<any> {
  const error = thrownBy(() => new Pool(module, options as never));
  await macrotask();
  return { error, threads: threads.length };
}

function refused(option: string, message: RegExp): unknown {
  return {
    threads: 0,
    error: expect.toSatisfy(
      (error: any) =>
        error instanceof InvalidOptionError &&
        error.code === 'ERR_INVALID_OPTION' &&
        error.option === option &&
        error.message.includes(`'${option}'`) &&
        message.test(error.message),
      `InvalidOptionError of '${option}' ${message}`,
    ),
  };
}

test.each(rows([0, -1, 1025, ...notWhole]))('refuses threads: %o', async (count) => {
  expect(await refusal({ threads: count })).toEqual(
    refused('threads', /whole number from 1 to 1024/),
  );
});

test.each(rows([0, -1, 65_537, ...notWhole]))('refuses concurrency: %o', async (concurrency) => {
  expect(await refusal({ concurrency })).toEqual(
    refused('concurrency', /whole number from 1 to 65536/),
  );
});

test.each([-1, 1.5, Number.NaN, Infinity, 2 ** 31 + 1])('refuses backlog: %o', async (backlog) => {
  expect(await refusal({ backlog })).toEqual(refused('backlog.jobs', /whole number from 0/));
});

test.each(rows(['4', true, 4n, () => 4, [], [4], null]))('refuses backlog: %o', async (backlog) => {
  expect(await refusal({ backlog })).toEqual(
    refused('backlog', /object with jobs, bytes, waiters/),
  );
});

test.each(
  ['jobs', 'bytes', 'waiters'].flatMap((limit) =>
    [-1, Number.MAX_SAFE_INTEGER + 1, ...notWhole].map((value) => [limit, value] as const),
  ),
)('refuses backlog.%s: %o', async (limit, value) => {
  expect(await refusal({ backlog: { [limit]: value } })).toEqual(
    refused(`backlog.${limit}`, /whole number from/),
  );
});

test('refuses a backlog of no bytes', async () => {
  expect(await refusal({ backlog: { bytes: 0 } })).toEqual(refused('backlog.bytes', /from 1 to/));
});

test.each(
  rows(['caller-runs', 'drop-newest', 'Wait', '', 0, null, true, ['wait'], { wait: true }]),
)('refuses overflow: %o', async (overflow) => {
  expect(await refusal({ overflow })).toEqual(
    refused('overflow', /'wait', 'reject', 'drop-oldest'\.$/),
  );
});

test.each(rows([0, -1, 2 ** 31, ...notWhole]))(
  'refuses loadTimeoutMs: %o',
  async (loadTimeoutMs) => {
    expect(await refusal({ loadTimeoutMs })).toEqual(
      refused('loadTimeoutMs', /whole number from 1 to 2147483647/),
    );
  },
);

test.each(rows(['./host.js', 'http://localhost/host.js', '', 5, {}, null]))(
  'refuses host: %o',
  async (host) => {
    expect(await refusal({ host })).toEqual(refused('host', /file: URL .* or an absolute path/));
  },
);

test.each(rows([null, 5, 'threads', true, [], () => ({})]))(
  'refuses %o as options',
  async (options) => {
    expect(await refusal(options)).toEqual(
      refused('options', /object with threads, concurrency, coalesce, backlog/),
    );
  },
);

test.each([
  ['thread', { thread: 1 }],
  ['Overflow', { Overflow: 'wait' }],
  ['maxQueue', { threads: 1, maxQueue: 5 }],
  ['signal', { signal: new AbortController().signal }],
  ['undefined', { undefined: undefined }],
  ['__proto__', JSON.parse('{ "__proto__": 1 }')],
  ['backlog.job', { backlog: { job: 1 } }],
  ['backlog.Bytes', { backlog: { jobs: 1, Bytes: 1 } }],
])('refuses the unknown option %s and names the known ones', async (option, options) => {
  expect(await refusal(options)).toEqual(
    refused(option, /Unknown option .*Known are: .*(threads|jobs)/),
  );
});

test.each([
  ['a long text', 'x'.repeat(10_000)],
  ['a large array', Array.from({ length: 10_000 }, () => ({ deep: { deeper: 1 } }))],
  ['a hostile Proxy', new Proxy({}, { get: () => expect.fail('it was looked into') })],
])('shows %s in few words', (_, value) => {
  const error = thrownBy(() => new Pool(module, { threads: value as never }));
  expect(error.code).toBe('ERR_INVALID_OPTION');
  expect(error.message.length).toBeLessThan(300);
});

test('names the option, the value and the valid range', () => {
  const error = thrownBy(() => new Pool(module, { concurrency: 'two' as never }));
  expect(error.name).toBe('InvalidOptionError');
  expect(error.message).toBe(
    "Option 'concurrency' is 'two'; valid is a whole number from 1 to 65536.",
  );
  expect(inspect(error)).toContain('ERR_INVALID_OPTION');
});

test('has finite defaults for everything', () => {
  const { threads: counts, backlog } = makePool().stats();
  expect(counts.target).toBeGreaterThanOrEqual(1);
  expect(counts.target).toBeLessThanOrEqual(Math.max(1, availableParallelism() - 1));
  expect(backlog.limit).toEqual({ jobs: 1024, bytes: 64 * 1024 ** 2, waiters: 1024 });
});

test.each([
  [0, { jobs: 0, bytes: 64 * 1024 ** 2, waiters: 1024 }],
  [{}, { jobs: 1024, bytes: 64 * 1024 ** 2, waiters: 1024 }],
  [
    { jobs: undefined as never, bytes: 1 },
    { jobs: 1024, bytes: 1, waiters: 1024 },
  ],
  [
    { jobs: 2 ** 31, bytes: Number.MAX_SAFE_INTEGER, waiters: 0 },
    { jobs: 2 ** 31, bytes: Number.MAX_SAFE_INTEGER, waiters: 0 },
  ],
])('takes backlog: %o', (backlog, limit) => {
  expect(makePool({ threads: 1, backlog }).stats().backlog.limit).toEqual(limit);
});

test('takes undefined for any option as the default, and the extremes of each', async () => {
  const undefineds = Object.fromEntries(
    ['threads', 'concurrency', 'backlog', 'overflow', 'loadTimeoutMs', 'host', 'env', 'argv'].map(
      (option) => [option, undefined],
    ),
  );
  await makePool(undefineds).ready();
  await makePool({ threads: 1, concurrency: 65_536, loadTimeoutMs: 2 ** 31 - 1 }).ready();
  expect(await makePool({ threads: 5 }).run('echo', 'on')).toBe('on');
});

test('does not look at its options later', async () => {
  const options = { threads: 1, backlog: { jobs: 3 } };
  const pool = makePool(options);
  options.threads = options.backlog.jobs = -1;
  await pool.ready();
  expect(pool.stats().backlog.limit.jobs).toBe(3);
});
