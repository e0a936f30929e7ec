/**
 * What runs on every thread of a pool: greets the main thread, loads the job module, runs jobs and
 * answers. `boot.cts`, which is exported as `millrace/host`, imports it.
 *
 * Invariants: no error of a job, of the module or of a value that can't be cloned ends the thread;
 * an uncaught exception does, after it was told. A job runs only if its claim was won.
 */
import { MessageChannel, parentPort, type Transferable, threadId } from 'node:worker_threads';
import { asBuffer, compact, isBuffer } from '../src/payload.js';
import {
  Claims,
  clockZeroMs,
  Form,
  type Hello,
  JOB_FIELDS,
  Kind,
  PROTOCOL,
} from '../src/protocol.js';
import { markServing } from '../src/serving.js';
import { encodeThrown } from '../src/thrown.js';
import { isTransferred, type JobContext, TRANSFER } from '../src/worker.js';

type JobFunction = (input: unknown, job: JobContext) => unknown;

const { port1: link, port2: mainPort } = new MessageChannel();
let jobs: ReadonlyArray<{ readonly name: string; readonly execute: JobFunction }> = [];
let claims: Claims;

link.on('message', (message: readonly unknown[]) => {
  switch (message[0]) {
    case Kind.run:
      for (let at = 1; at < message.length; at += JOB_FIELDS) run(message, at);
      return;
    case Kind.ping:
      link.postMessage([Kind.pong]);
      return;
    case Kind.flush:
      void flush();
      return;
    case Kind.boot:
      claims = new Claims(message[2] as Int32Array, message[3] as Float64Array);
      void boot(message[1] as string);
  }
});

process.on('unhandledRejection', (reason) => {
  link.postMessage([Kind.stray, encodeThrown(reason)]);
});
process.on('uncaughtException', (error) => {
  link.postMessage([Kind.crash, encodeThrown(error)]);
  process.exit(1);
});

// Piscina reports itself ready right after it has loaded this file; the greeting must come later,
// as a thread that is stopped before would never be replaced.
setImmediate(() => {
  const hello: Hello = {
    protocol: PROTOCOL,
    threadId,
    clockZeroMs: clockZeroMs(),
    port: mainPort,
  };
  parentPort?.postMessage(hello, [mainPort]);
});

/** A worker's stream calls back when the main side has taken the data and asked for more. */
async function flush(): Promise<void> {
  const unsent = [process.stdout, process.stderr].filter((stream) => stream.writableLength > 0);
  await Promise.all(
    unsent.map((stream) => new Promise((resolve) => stream.write('', () => resolve(undefined)))),
  );
  link.postMessage([Kind.flushed]);
}

/** What Piscina is told to look for in this file; it is never called. */
export function serve(): void {}

async function boot(moduleUrl: string): Promise<void> {
  markServing(moduleUrl);
  try {
    // webpack would look for the module in the bundle.
    const module: unknown = await import(/* webpackIgnore: true */ moduleUrl);
    const functions = jobFunctions(module as Record<string, unknown>);
    jobs = functions.map(([name, execute]) => ({ name, execute }));
    link.postMessage([Kind.ready, jobs.map(({ name }) => name)]);
  } catch (error) {
    link.postMessage([Kind.loadFailed, encodeThrown(error)]);
  }
}

/** A module's exported functions, without its classes. */
function jobFunctions(module: Record<string, unknown>): Array<[string, JobFunction]> {
  const exported = new Map(Object.entries(module));
  // Node 23 and later show the whole of a CommonJS module under this name, besides `default`.
  exported.delete('module.exports');
  for (const [name, value] of commonJsExports(module)) {
    if (!exported.has(name)) exported.set(name, value);
  }
  return [...exported].filter((entry): entry is [string, JobFunction] => isJob(entry[1]));
}

/**
 * Of a CommonJS module Node shows `default`, which is `module.exports`, and of its fields those that
 * it could find by reading the text. It is taken for one where all that is visible is in `default`.
 */
function commonJsExports(module: Record<string, unknown>): Array<[string, unknown]> {
  const { default: exports, ...others } = module;
  if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) return [];
  const fields = Object.entries(exports);
  const isCommonJs = Object.entries(others).every(
    ([name, value]) =>
      name === 'module.exports' || fields.some(([n, v]) => n === name && v === value),
  );
  return isCommonJs ? fields : [];
}

function isJob(value: unknown): boolean {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));
}

function run(message: readonly unknown[], at: number): void {
  const cell = message[at] as number;
  const ticket = message[at + 1] as number;
  if (!claims.start(cell, ticket)) return;
  const job = jobs[message[at + 2] as number] as (typeof jobs)[number];
  const input = message[at + 4] === Form.buffer ? asBuffer(message[at + 5]) : message[at + 5];
  try {
    const result = job.execute(input, { name: job.name, id: message[at + 3] as number });
    if (!isThenable(result)) return fulfil(cell, ticket, result);
    // What `then` hands over may be a promise again; `Promise.resolve` follows it to the end.
    Promise.resolve(result).then(
      (value) => fulfil(cell, ticket, value),
      (reason) => answer(cell, ticket, Form.thrown, encodeThrown(reason)),
    );
  } catch (error) {
    answer(cell, ticket, Form.thrown, encodeThrown(error));
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  );
}

function fulfil(cell: number, ticket: number, result: unknown): void {
  claims.finish(cell, ticket);
  try {
    // Plain values take the shortest way: for a job that comes alone each call is a cold one.
    if (typeof result !== 'object' || result === null) {
      link.postMessage([Kind.done, cell, ticket, Form.plain, result]);
    } else if (isTransferred(result)) {
      const { value } = result;
      post(cell, ticket, formOf(value), value, result[TRANSFER]);
    } else {
      post(cell, ticket, formOf(result), compact(result));
    }
  } catch (error) {
    post(cell, ticket, Form.notCloneable, encodeThrown(error));
  }
}

function formOf(value: unknown): number {
  return isBuffer(value) ? Form.buffer : Form.plain;
}

function answer(cell: number, ticket: number, form: number, value: unknown): void {
  claims.finish(cell, ticket);
  post(cell, ticket, form, value);
}

function post(
  cell: number,
  ticket: number,
  form: number,
  value: unknown,
  transfer?: readonly Transferable[],
): void {
  link.postMessage([Kind.done, cell, ticket, form, value], transfer);
}
