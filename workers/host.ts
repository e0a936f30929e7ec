/**
 * What begins on every thread of a pool: greets the main thread, loads the job module, and lets the
 * runner have what else comes. `boot.cts`, which is exported as `millrace/host`, imports it.
 *
 * Invariants: no error of the module ends the thread; an uncaught exception does, after it was told.
 */
import { MessageChannel, parentPort, threadId } from 'node:worker_threads';
import { serialize } from 'node:v8';
import { BELL, clockZeroMs, type Hello, Kind, PROTOCOL } from '../src/protocol.js';
import { markServing } from '../src/serving.js';
import { encodeThrown } from '../src/thrown.js';
import { type HostedJob, Runner } from './runner.js';

type JobFunction = HostedJob['execute'];

const { port1: link, port2: mainPort } = new MessageChannel();
let runner: Runner | undefined;

link.on('message', (message: unknown) => {
  if (message === BELL) runner?.wake();
  else receive(message as readonly unknown[]);
});

function receive([kind, ...content]: readonly unknown[]): void {
  switch (kind) {
    case Kind.input:
      return runner?.receive(...(content as [number, number, unknown]));
    case Kind.ping:
      return link.postMessage([Kind.pong]);
    case Kind.flush:
      return void flush();
    case Kind.boot: {
      const [moduleUrl, memory, cells, slots] = content as [
        string,
        SharedArrayBuffer,
        number,
        number,
      ];
      const made = new Runner(link, { memory, cells }, slots, { receive, crash });
      return void boot(moduleUrl, made);
    }
  }
}

process.on('unhandledRejection', (reason) => {
  link.postMessage([Kind.stray, serialize(encodeThrown(reason))]);
});
process.on('uncaughtException', crash);
process.on('exit', () => runner?.stop());

function crash(error: unknown): void {
  link.postMessage([Kind.crash, serialize(encodeThrown(error))]);
  process.exit(1);
}

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

async function boot(moduleUrl: string, made: Runner): Promise<void> {
  markServing(moduleUrl);
  try {
    // webpack would look for the module in the bundle.
    const module: unknown = await import(/* webpackIgnore: true */ moduleUrl);
    const functions = jobFunctions(module as Record<string, unknown>);
    made.jobs = functions.map(([name, execute]) => ({ name, execute }));
    runner = made;
    link.postMessage([Kind.ready, made.jobs.map(({ name }) => name)]);
  } catch (error) {
    link.postMessage([Kind.loadFailed, serialize(encodeThrown(error))]);
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
