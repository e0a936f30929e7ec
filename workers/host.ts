/**
 * Starts on every thread of a pool: greets the main thread, loads the job module, and passes everything
 * else to the runner. `boot.cts`, which is exported as `millrace/host`, imports it.
 *
 * Invariants: no error of the module ends the thread; an uncaught exception does, after it was reported.
 */
import { MessageChannel, parentPort, threadId } from 'node:worker_threads';
import { serialize } from 'node:v8';
import { onMessage } from '../src/wire/port.js';
import { BELL, type Hello, Kind, PROTOCOL } from '../src/wire/protocol.js';
import { markServing } from '../src/wire/serving.js';
import { encodeThrown } from '../src/wire/thrown.js';
import { jobFunctions } from './job-functions.js';
import { Runner } from './runner.js';

const { port1: link, port2: mainPort } = new MessageChannel();
let runner: Runner | undefined;

onMessage(link, (message) => {
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
