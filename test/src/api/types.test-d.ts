/**
 * Pins the public types. The file is compiled but never run: a line that must not compile is marked as such, and the
 * compiler complains if it does.
 */
import { expectTypeOf } from 'vitest';
import {
  type ErrorCode,
  type Group,
  type Job,
  type JobName,
  type MapRows,
  type MillraceError,
  Pool,
  type PoolOptions,
  type PoolStats,
  type RetirementReason,
  type ThreadHook,
} from 'millrace';
import { defineConfig, type GateConfig } from 'millrace/config';
import { type JobContext, transfer } from 'millrace/worker';

type Jobs = typeof import('../../fixtures/typed-jobs.js');
declare const pool: Pool<Jobs>;
declare const untyped: Pool;
declare const signal: AbortSignal;

// Names: exported functions, no classes, no other values.
expectTypeOf<JobName<Jobs>>().toEqualTypeOf<
  | 'hash'
  | 'resize'
  | 'compress'
  | 'tick'
  | 'refresh'
  | 'greet'
  | 'move'
  | 'either'
  | 'open'
  | 'default'
>();
// @ts-expect-error no such job
void pool.run('hsah', new Uint8Array());
// @ts-expect-error a class is no job
void pool.run('Renderer', undefined);
// @ts-expect-error a constant is no job
void pool.submit('version');
// @ts-expect-error no such job
pool.job('nope');

// Inputs.
void pool.run('hash', new Uint8Array(1));
void pool.run('hash', Buffer.from('a Buffer is a Uint8Array'));
// @ts-expect-error the wrong input
void pool.run('hash', 'text');
// @ts-expect-error no input
void pool.run('hash');
// @ts-expect-error the wrong input
pool.trySubmit('either', true);
void pool.run('default', ['a'] as const);
// @ts-expect-error the wrong input
void pool.run('default', [1]);
// @ts-expect-error an unknown option
void pool.run('hash', new Uint8Array(1), { prioritty: 1 });

void pool.run('hash', new Uint8Array(1), {
  graceMs: 0,
  onProgress: (value) => expectTypeOf(value).toBeUnknown(),
});
// @ts-expect-error a progress value may be anything
void pool.run('hash', new Uint8Array(1), { onProgress: (value: number) => value });

// An input that is void or optional may be left out, with options or without.
void pool.run('tick');
void pool.run('tick', undefined, { signal });
void pool.run('refresh');
void pool.run('refresh', undefined, { timeout: 5 });
void pool.run('greet');
void pool.run('greet', 'you', { timeout: { queueMs: 5 } });
// @ts-expect-error it takes no input
void pool.run('tick', 1);

// Results, awaited, as they are after cloning.
expectTypeOf(pool.run('hash', new Uint8Array())).resolves.toEqualTypeOf<string>();
expectTypeOf(pool.run('compress', Buffer.from(''))).resolves.toEqualTypeOf<Buffer>();
expectTypeOf(pool.run('resize', { width: 1, image: new Uint8Array() })).resolves.toEqualTypeOf<{
  image: Uint8Array;
}>();
expectTypeOf(pool.run('default', [])).resolves.toEqualTypeOf<Map<string, Uint8Array>>();
expectTypeOf(pool.run('move', 1)).resolves.toEqualTypeOf<ArrayBuffer>();
expectTypeOf(pool.run('refresh')).resolves.toEqualTypeOf<void>();
expectTypeOf(pool.submit('tick')).resolves.toEqualTypeOf<Job<number>>();
expectTypeOf(pool.trySubmit('tick')).toEqualTypeOf<Job<number> | undefined>();
// @ts-expect-error the wrong result
const wrong: Promise<number> = pool.run('hash', new Uint8Array());
void wrong;

// A bound job.
const hash = pool.job('hash');
expectTypeOf(hash(new Uint8Array())).resolves.toEqualTypeOf<string>();
// @ts-expect-error the wrong input
void hash(1);
void pool.job('tick')();

// A job's handle is no promise.
declare const job: Job<string>;
expectTypeOf(job.result).toEqualTypeOf<Promise<string>>();
expectTypeOf<Job<string>>().not.toHaveProperty('then');
expectTypeOf<Awaited<Job<string>>>().toEqualTypeOf<Job<string>>();

// Without a module type every name compiles, and values are unknown.
expectTypeOf(untyped.run('anything', 1)).resolves.toBeUnknown();
void untyped.run('anything');

// Options.
new Pool(new URL('file:///jobs.js'), { threads: 2, backlog: 4 } satisfies PoolOptions);
// @ts-expect-error no such policy
new Pool('/jobs.js', { overflow: 'caller-runs' });
// @ts-expect-error: removed; `reject` refuses the incoming job.
new Pool('/jobs.js', { overflow: 'drop-newest' });
// @ts-expect-error an unknown option
new Pool('/jobs.js', { thread: 1 });
// @ts-expect-error not a backlog
new Pool('/jobs.js', { backlog: '4' });

// Hooks of a thread: exported functions that take a `ThreadInfo` or nothing.
expectTypeOf<ThreadHook<Jobs>>().toEqualTypeOf<'open' | 'tick'>();
expectTypeOf<ThreadHook<object>>().toBeNever();
new Pool<Jobs>('/jobs.js', {
  setup: 'open',
  teardown: 'tick',
  graceMs: 5,
  drainMs: 5,
  teardownMs: 5,
});
// @ts-expect-error it takes an input
new Pool<Jobs>('/jobs.js', { setup: 'hash' });
// @ts-expect-error no such function
new Pool<Jobs>('/jobs.js', { teardown: 'clsoe' });
// @ts-expect-error a class is no function to call
new Pool<Jobs>('/jobs.js', { setup: 'Renderer' });
new Pool('/jobs.js', { setup: 'anything', teardown: 'else' });
new Pool<Jobs>('/jobs.js', { setup: 'open' } satisfies PoolOptions<ThreadHook<Jobs>>);
// @ts-expect-error options that are declared apart name hooks only if their type does
new Pool<Jobs>('/jobs.js', { setup: 'open' } satisfies PoolOptions);

// The second argument of a job.
declare const context: JobContext;
expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
expectTypeOf(context.attempt).toEqualTypeOf<number>();
expectTypeOf(context.progress).toEqualTypeOf<(value: unknown) => void>();

// Events.
pool.on('failed', (error, failed) => {
  expectTypeOf(error).toBeUnknown();
  expectTypeOf(failed).toEqualTypeOf<Job<unknown>>();
});
pool.on('closed', (report) => expectTypeOf(report.fulfilled).toEqualTypeOf<number>());
pool.on('threadRetired', (reason) => expectTypeOf(reason).toEqualTypeOf<RetirementReason>());
// @ts-expect-error a listener of the wrong type
pool.on('closed', (report: string) => report);

expectTypeOf(pool.stats()).toEqualTypeOf<PoolStats>();
expectTypeOf(transfer(new Uint8Array(1), [])).toEqualTypeOf<Uint8Array<ArrayBuffer>>();

// The gate's configuration.
expectTypeOf(
  defineConfig({
    base: 'main',
    scenarios: [{ run: './jobs.js#render', thresholds: { cpu: { minEffect: 0.1 }, p50: false } }],
    budgets: [{ name: 'no-op', run: ['overhead'], figure: 'x', over: 'y', atLeast: 5 }],
    waivers: [
      { scenario: './jobs.js#render', metric: 'cpu', until: '2026-12-31', reason: 'A new parser.' },
      { budget: 'no-op', until: '2026-12-31', reason: 'A new parser.' },
    ],
  }),
).toEqualTypeOf<GateConfig>();
// @ts-expect-error an unknown key
defineConfig({ scenario: [] });
// @ts-expect-error an unknown metric
defineConfig({ thresholds: { p90: {} } });
// @ts-expect-error true is no threshold
defineConfig({ thresholds: { cpu: true } });
// @ts-expect-error a budget has no metrics
defineConfig({ waivers: [{ budget: 'x', metric: 'cpu', until: '2026-12-31', reason: 'x' }] });
// @ts-expect-error a waiver excuses one thing
defineConfig({ waivers: [{ budget: 'x', scenario: 'x', until: '2026-12-31', reason: 'x' }] });

// Maps: inputs from the source, results in rows.
declare const chunks: AsyncIterable<Uint8Array>;
for await (const row of pool.map('hash', chunks)) expectTypeOf(row).toEqualTypeOf<string>();
for await (const row of pool.map('hash', [new Uint8Array(1)], { inFlight: 2, window: 5, signal })) {
  expectTypeOf(row).toEqualTypeOf<string>();
}
void pool.map('hash', [Promise.resolve(new Uint8Array(1))], { window: { bytes: 1 } });
for await (const row of pool.map('hash', chunks, { onError: 'settle', ordered: false })) {
  expectTypeOf(row.index).toEqualTypeOf<number>();
  if (row.status === 'fulfilled') expectTypeOf(row.value).toEqualTypeOf<string>();
  else expectTypeOf(row.reason).toEqualTypeOf<unknown>();
}
expectTypeOf(pool.map('hash', chunks)).toEqualTypeOf<MapRows<string>>();
expectTypeOf(untyped.map('anything', [1, 'two'])).toEqualTypeOf<MapRows<unknown>>();
// @ts-expect-error no such job
void pool.map('hsah', chunks);
// @ts-expect-error items of the wrong type
void pool.map('hash', ['text']);
// @ts-expect-error no iterable
void pool.map('hash', new Uint8Array(1)[0]);
// @ts-expect-error an unknown option
void pool.map('hash', chunks, { concurrency: 2 });

// Groups: the same methods, with the same types.
const group = pool.group({ signal, failFast: false });
expectTypeOf(group).toEqualTypeOf<Group<Jobs>>();
expectTypeOf(group.run('hash', new Uint8Array(1))).toEqualTypeOf<Promise<string>>();
expectTypeOf(group.submit('hash', new Uint8Array(1))).toEqualTypeOf<Promise<Job<string>>>();
expectTypeOf(group.map('hash', chunks)).toEqualTypeOf<MapRows<string>>();
expectTypeOf(group.signal).toEqualTypeOf<AbortSignal>();
// @ts-expect-error the wrong input
void group.run('hash', 5);
// @ts-expect-error a group refuses nothing by itself
void group.trySubmit('hash', new Uint8Array(1));
// @ts-expect-error an unknown option
void pool.group({ join: 'all' });

// Codes: a misspelled one does not compile.
declare const error: MillraceError;
expectTypeOf(error.code).toEqualTypeOf<ErrorCode>();
expectTypeOf<'ERR_BACKLOG_FULL'>().toExtend<ErrorCode>();
// @ts-expect-error
if (error.code === 'ERR_BACKLOG_FUL') throw error;
