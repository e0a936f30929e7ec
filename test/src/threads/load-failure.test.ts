import { describe, expect, test } from 'vitest';
import { InvalidOptionError, ModuleLoadError } from '../../../src/api/errors.js';
import type { Settings } from '../../../src/api/options.js';
import { loadFailure, startFailure } from '../../../src/threads/load-failure.js';

const LOADED = 'The job module file:///jobs.js could not be loaded';
const NOT_STARTED = 'No thread could start to load the job module file:///jobs.js';

function settingsOf(threadOptions: Readonly<Record<string, unknown>> = {}): Settings {
  return { module: 'file:///jobs.js', hostPath: '/host.cjs', threadOptions } as Settings;
}

function errorOf(fields: object, message = 'why'): Error {
  return Object.assign(new Error(message), fields);
}

const NO_TURN =
  "It was not the job module's turn yet. Look at what execArgv and NODE_OPTIONS preload, at " +
  "resourceLimits, and whether the host, /host.cjs, is the file of 'millrace/host'.";
const PISCINA =
  'That file is part of Piscina, and Piscina part of a bundle: keep piscina external (docs/runtime.md, Bundlers).';
const NO_WORKERS =
  "Node's permission model forbids worker threads: start Node with --allow-worker.";
const NO_READ =
  "Node's permission model forbids FileSystemRead of /jobs.js: see its --allow flags.";

const noWorkers = errorOf({ code: 'ERR_ACCESS_DENIED', permission: 'WorkerThreads' });
const noRead = errorOf({
  code: 'ERR_ACCESS_DENIED',
  permission: 'FileSystemRead',
  resource: '/jobs.js',
});
const noPiscina = errorOf(
  { code: 'MODULE_NOT_FOUND' },
  "Cannot find module '/bundle/dist/worker.js'",
);

describe('after the greeting the job module is to blame', () => {
  test.each([
    ['an error of the module', errorOf({}), `${LOADED}: why.`],
    ['what is no error', 'text', `${LOADED}: text.`],
    ['nothing', undefined, `${LOADED}: undefined.`],
    ['null', null, `${LOADED}: null.`],
    ['a permission', noRead, `${LOADED}: why. ${NO_READ}`],
    ['a file that only looks like that of Piscina', noPiscina, `${LOADED}: ${noPiscina.message}.`],
  ])('%s', (_, cause, message) => {
    const error = loadFailure(settingsOf(), cause, true);
    expect(error).toBeInstanceOf(ModuleLoadError);
    expect(error.message).toBe(message);
    expect(error.cause).toBe(cause);
  });
});

describe('before the greeting it is not', () => {
  test.each([
    ['an error of a preload', errorOf({}), `why. ${NO_TURN}`],
    ['nothing', undefined, `undefined. ${NO_TURN}`],
    ['null', null, `null. ${NO_TURN}`],
    ['the permission for threads', noWorkers, `why. ${NO_WORKERS}`],
    ['another permission', noRead, `why. ${NO_READ}`],
    ['Piscina in a bundle', noPiscina, `${noPiscina.message}. ${PISCINA}`],
    [
      'Piscina in a bundle on Windows',
      errorOf({ code: 'MODULE_NOT_FOUND' }, "Cannot find module 'C:\\dist\\worker.js'"),
      `Cannot find module 'C:\\dist\\worker.js'. ${PISCINA}`,
    ],
    [
      'a preload of that name, which has no folder',
      errorOf({ code: 'MODULE_NOT_FOUND' }, "Cannot find module 'worker.js'"),
      `Cannot find module 'worker.js'. ${NO_TURN}`,
    ],
    [
      'a preload that ends in that name',
      errorOf({ code: 'MODULE_NOT_FOUND' }, "Cannot find module '/my-worker.js'"),
      `Cannot find module '/my-worker.js'. ${NO_TURN}`,
    ],
    [
      'a preload that is missing, with those that require it',
      errorOf(
        { code: 'MODULE_NOT_FOUND' },
        "Cannot find module '/a/worker.js'\nRequire stack:\n- /b.js",
      ),
      `Cannot find module '/a/worker.js'\nRequire stack:\n- /b.js. ${NO_TURN}`,
    ],
    [
      'what speaks of a module that is missing',
      errorOf({ code: 'MODULE_NOT_FOUND' }, "It says: Cannot find module '/a/worker.js'"),
      `It says: Cannot find module '/a/worker.js'. ${NO_TURN}`,
    ],
    [
      'another kind of file',
      errorOf({ code: 'MODULE_NOT_FOUND' }, "Cannot find module '/a/worker-js'"),
      `Cannot find module '/a/worker-js'. ${NO_TURN}`,
    ],
    [
      'another error about that file',
      errorOf({ code: 'ERR_OTHER' }, "Cannot find module '/a/worker.js'"),
      `Cannot find module '/a/worker.js'. ${NO_TURN}`,
    ],
  ])('%s', (_, cause, message) => {
    const error = loadFailure(settingsOf(), cause, false);
    expect(error).toBeInstanceOf(ModuleLoadError);
    expect(error.message).toBe(`${NOT_STARTED}: ${message}`);
    expect(error.cause).toBe(cause);
  });
});

describe('where Node refuses to make a thread', () => {
  test.each([
    ['an option that is passed on', { argv: 5 }, 'argv'],
    ['several', { argv: 5, env: {} }, 'argv, env'],
  ])('%s may be to blame', (_, threadOptions, names) => {
    const cause = errorOf({});
    const error = startFailure(settingsOf(threadOptions), cause) as InvalidOptionError;
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error.option).toBe(names);
    expect(error.message).toBe(
      `Node refuses an option that is passed on to the threads (${names}): why`,
    );
    expect(error.cause).toBe(cause);
  });

  test.each([
    ['nothing is passed on', {}, errorOf({}), `why. ${NO_TURN}`],
    ['a permission is missing', { argv: [] }, noWorkers, `why. ${NO_WORKERS}`],
    ['both', {}, noWorkers, `why. ${NO_WORKERS}`],
  ])('no option is to blame where %s', (_, threadOptions, cause, message) => {
    const error = startFailure(settingsOf(threadOptions), cause);
    expect(error).toBeInstanceOf(ModuleLoadError);
    expect(error.message).toBe(`${NOT_STARTED}: ${message}`);
  });
});
