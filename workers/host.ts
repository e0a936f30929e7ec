/**
 * Starts on every thread of a pool: greets the main thread, loads the job module, and passes everything else to the
 * runner. It is exported as `millrace/host`.
 *
 * It is built as one CommonJS file, because Node 20 sometimes aborts the whole process when a thread is ended while it
 * `require`s an ES module (`FATAL ERROR: v8::Module::IsGraphAsync`), as happens to every thread that is still booting
 * when the process exits.
 *
 * Invariants: no rejection and no load error of the module ends the thread. After an uncaught exception it starts no
 * more jobs and ends when it is told to; while the module is loading, it exits at once.
 */
import {
  MessageChannel,
  type MessagePort,
  parentPort,
  threadId,
  workerData,
} from 'node:worker_threads';
import { onMessage } from '../src/wire/port.js';
import { BELL, type Hello, type Hooks, Kind, PROTOCOL } from '../src/wire/protocol.js';
import { markServing } from '../src/wire/serving.js';
import { serializeThrown } from '../src/wire/thrown.js';
import { Drain, openPorts } from './drain.js';
import { jobFunctions } from './job-functions.js';
import { bindHook, runSetup } from './hooks.js';
import { findRunMicrotasks, type RunMicrotasks } from './microtasks.js';
import { Runner } from './runner.js';

/** Taken at the start, as a job module may replace it. */
const { exit } = process;
const { port1: link, port2: mainPort } = new MessageChannel();
let runner: Runner | undefined;
let drain: Drain | undefined;
/** The ports that keep the event loop alive: our own, and Piscina's two. */
let ports: readonly MessagePort[] = [];
let runMicrotasks: RunMicrotasks | undefined;

onMessage(link, (message, isStraight) => {
  if (message === BELL) return runner?.wake();
  // An error thrown by a tick must reach Node from where the queues are run. If an `EventTarget` catches it on the way,
  // Node's stack of async contexts stays as it was at the throw, and the thread aborts the process.
  if (!isStraight) runMicrotasks = undefined;
  receive(message as readonly unknown[]);
});

function receive([kind, ...content]: readonly unknown[]): void {
  switch (kind) {
    case Kind.input:
      return runner?.receive(...(content as [number, number, unknown]));
    case Kind.told:
      runner?.told(content[0] as number);
      return link.postMessage([Kind.pong]);
    case Kind.ping:
      return link.postMessage([Kind.pong]);
    case Kind.more:
      return runner?.more(content[0] as number);
    case Kind.drain:
      runner?.stop();
      return drain?.begin(content[0] as boolean);
    case Kind.boot: {
      const [moduleUrl, memory, cells, slots, hooks] = content as [
        string,
        SharedArrayBuffer,
        number,
        number,
        Hooks,
      ];
      const made = new Runner(link, { memory, cells }, slots, { receive, stray, runMicrotasks });
      return void boot(moduleUrl, made, hooks);
    }
  }
}

process.on('unhandledRejection', stray);
process.on('uncaughtException', uncaught);
process.on('exit', () => runner?.end());

function stray(error: unknown): void {
  link.postMessage([Kind.stray, serializeThrown(error)]);
}

function uncaught(error: unknown): void {
  link.postMessage([Kind.uncaught, serializeThrown(error)]);
  // A half-loaded module is not worth keeping.
  if (runner === undefined) exit(1);
  else runner.stop();
}

// Piscina listens on its second port only after loading this file: by now all of the thread's own ports are open.
setImmediate(() => {
  ports = openPorts();
  const hello: Hello = {
    protocol: PROTOCOL,
    threadId,
    port: mainPort,
  };
  parentPort?.postMessage(hello, [mainPort]);
  // Done while the main thread reads the greeting: nothing of a job module is pending yet.
  runMicrotasks = findRunMicrotasks();
});

/** The function that Piscina looks for in this file; it is never called. */
export function serve(): void {}

async function boot(moduleUrl: string, made: Runner, hooks: Hooks): Promise<void> {
  markServing(moduleUrl);
  try {
    // webpack would look for the module in the bundle.
    const module: unknown = await import(/* webpackIgnore: true */ moduleUrl);
    const functions = new Map(jobFunctions(module as Record<string, unknown>));
    const thread = { threadId, workerData: workerData as unknown };
    const setup = bindHook('setup', hooks.setup, functions, thread);
    const teardown = bindHook('teardown', hooks.teardown, functions, thread);
    await runSetup(hooks.setup, setup);
    for (const name of Object.values(hooks)) functions.delete(name as string);
    made.jobs = [...functions].map(([name, execute]) => ({ name, execute }));
    drain = new Drain(ports, {
      whenIdle: (idle) => made.whenIdle(idle),
      teardown,
      drained: (isHeld) => link.postMessage([Kind.drained, isHeld]),
      stray,
    });
    runner = made;
    link.postMessage([Kind.ready, made.jobs.map(({ name }) => name)]);
  } catch (error) {
    link.postMessage([Kind.loadFailed, serializeThrown(error)]);
  }
}
