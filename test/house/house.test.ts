/**
 * Checks the floor plan (docs/design.md): imports point down, there are no cycles, rooms stay small, and the drawings
 * in the docs match the imports. After a change of the plan `DRAW=1 npx vitest run test/house` updates the drawings.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  circlesOf,
  draw,
  filesOf,
  type Graph,
  type House,
  type Import,
  readHouse,
  roomsOf,
  upwards,
} from './imports.js';

const house = readHouse('src', 'workers', 'bench');

/** The rooms from the top down: an import may lead only to rooms further down. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  '': ['bench', 'workers', 'src'],
  src: [
    'index.ts',
    'pool.ts',
    'nats',
    'group',
    'map',
    'schedule',
    'threads',
    'dispatch',
    'job',
    'wire',
    'api',
  ],
  'src/nats': ['nats.ts', 'submit', 'node', 'server', 'message', 'errors.ts'],
  bench: [
    'cli.ts',
    'gate',
    'cli',
    'compare',
    'scenarios',
    'harness',
    'user-job',
    'peers',
    'jobs',
    'load',
    'report',
    'store',
    'options',
    'process',
    'math',
  ],
  'bench/gate': [
    'command.ts',
    'help.ts',
    'calibrate-command.ts',
    'gate.ts',
    'settings.ts',
    'options.ts',
    'calibrate',
    'report',
    'find',
    'judge',
    'config',
    'measure',
    'model',
    'sides',
    'cleanup',
  ],
};

/** Files with drawings, and the folders they draw. */
const DRAWINGS = [
  ['docs/design.md', 'src'],
  ['docs/design.md', 'bench'],
  ['docs/design.md', 'bench/gate'],
  ['CONTRIBUTING.md', 'src'],
] as const;

const MAX_FILES = 16;

const folders = [...new Set(house.files.flatMap(parentsOf))].toSorted();

function parentsOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** The files directly in a folder. */
function filesIn(folder: string): string[] {
  return house.files.filter((file) => file.slice(0, file.lastIndexOf('/')) === folder);
}

test('no files import each other in a circle', () => {
  expect(circlesOf(filesOf(house))).toEqual([]);
});

test.each(folders)('no rooms of %s import each other in a circle', (folder) => {
  expect(circlesOf(roomsOf(house, folder))).toEqual([]);
});

test.each(Object.keys(FLOORS))('imports point down in %j', (folder) => {
  expect(upwards(roomsOf(house, folder), FLOORS[folder] ?? [])).toEqual([]);
});

describe('what a room may import at all', () => {
  const importsOf = (room: string): Import[] =>
    house.imports.filter(
      ({ from, to }) => from.startsWith(`${room}/`) && !to.startsWith(`${room}/`),
    );

  test('the ground that everybody stands on imports nothing', () => {
    for (const room of ['src/api', 'src/wire', 'bench/math']) {
      expect.soft(importsOf(room), room).toEqual([]);
    }
  });

  test('of the threads only types know the dispatch', () => {
    const arrows = importsOf('src/threads').filter(({ to }) => to.startsWith('src/dispatch/'));
    expect(arrows.length).toBeGreaterThan(0);
    expect(arrows.filter(({ isTypeOnly }) => !isTypeOnly)).toEqual([]);
  });

  test('what runs on a thread imports the wire, and what job modules see', () => {
    const targets = new Set(importsOf('workers').map(({ to }) => to));
    for (const to of targets) expect.soft(to).toMatch(/^src\/(?:wire\/|api\/worker\.ts$)/);
  });

  test('threads and Piscina are known to src/threads only', () => {
    const users = house.files.filter(
      (file) =>
        file.startsWith('src/') &&
        /^import (?!type).*(?:from 'piscina'|\bWorker\b.*from 'node:worker_threads')/m.test(
          readFileSync(pathOf(file), 'utf8'),
        ),
    );
    expect(users).toEqual(['src/threads/start-thread.ts']);
  });
});

test.each(folders)(`%s has at most ${MAX_FILES} files`, (folder) => {
  expect(filesIn(folder).length).toBeLessThanOrEqual(MAX_FILES);
});

/** Files that are tested elsewhere as a whole, or that have no logic of their own. */
const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {
  'src/index.ts': 'only exports',
  'src/pool.ts': 'test/pool',
  'src/nats/nats.ts': 'only exports',
  'src/nats/errors.ts': 'test/src/nats/message/refused.test.ts',
  'src/nats/server/connection.ts': 'test/src/nats/submit/pool-options.test.ts',
  'src/nats/server/provisioned.ts': 'provision.process.test.ts',
  'src/nats/submit/inbox.ts': 'remote-pool.process.test.ts',
  'src/nats/server/faults.ts': 'remote-pool.process.test.ts',
  'src/nats/server/stored.ts': 'remote-pool.process.test.ts',
  'src/nats/submit/publisher.ts': 'remote-pool.process.test.ts',
  'src/nats/submit/room.ts': 'outbox.process.test.ts',
  'src/nats/node/markers.ts': 'serve.process.test.ts',
  'src/nats/node/node-job.ts': 'serve.process.test.ts',
  'src/api/types.ts': 'test/src/api/types.test-d.ts',
  'src/wire/codec/reading.ts': 'encoder.test.ts: the encoder fills it, and asks it',
  'workers/host.ts':
    'test/pool/host.test.ts and others: it changes the thread that it is loaded on',
};

const testFiles = readdirSync(pathOf('test'), { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.test.ts'),
);

test('no test is repeated until it passes', () => {
  const repeated = testFiles.filter((path) =>
    /\bretry: *\d/.test(readFileSync(pathOf(`test/${path}`), 'utf8')),
  );
  expect(repeated).toEqual([]);
});

test('each file of src and workers has a test of its name', () => {
  const tests = new Set(
    testFiles.map((path) => path.replace(/(?:\.process|\.property)?\.test\.ts$/, '')),
  );
  const untested = house.files.filter(
    (file) => !file.startsWith('bench/') && !tests.has(file.replace(/\.ts$/, '')),
  );
  expect(untested.toSorted()).toEqual(Object.keys(TESTED_ELSEWHERE).toSorted());
});

test('functions of node:timers are taken at the start: a named import is looked up at each call in CommonJS', () => {
  const named = house.files.filter(
    (file) =>
      !file.startsWith('bench/') &&
      /import \{[^}]*\} from 'node:timers'/.test(readFileSync(pathOf(file), 'utf8')),
  );
  expect(named).toEqual([]);
});

test('no namespace of another builtin is imported: webpack makes names of it, which one version of Node or other lacks', () => {
  const namespaces = house.files.filter(
    (file) =>
      !file.startsWith('bench/') &&
      /import \* as \w+ from 'node:(?!timers')/.test(readFileSync(pathOf(file), 'utf8')),
  );
  expect(namespaces).toEqual([]);
});

test('the top of a house has doors, and no furniture', () => {
  expect(filesIn('bench')).toEqual(['bench/cli.ts']);
  expect(filesIn('src').toSorted()).toEqual(['src/index.ts', 'src/pool.ts']);
});

test.each(DRAWINGS)('%s draws %s as it is', (file, folder) => {
  const text = readFileSync(pathOf(file), 'utf8');
  const frame = new RegExp(`(<!-- imports of ${folder} -->\\n\\n\`\`\`\\n)([^\`]*)(\`\`\`\\n)`);
  const drawing = `${draw(roomsOf(house, folder), FLOORS[folder] ?? [])}\n`;
  if (process.env['DRAW'] === '1') {
    writeFileSync(pathOf(file), text.replace(frame, `$1${drawing}$3`));
  }
  expect(readFileSync(pathOf(file), 'utf8').match(frame)?.[2]).toBe(drawing);
});

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}

describe('the checks see', () => {
  const plan: House = {
    files: ['src/schedule/a.ts', 'src/dispatch/b.ts', 'src/dispatch/c.ts', 'src/job/d.ts'],
    imports: [
      { from: 'src/schedule/a.ts', to: 'src/dispatch/b.ts', isTypeOnly: false },
      { from: 'src/dispatch/b.ts', to: 'src/job/d.ts', isTypeOnly: false },
    ],
  };
  const and = (from: string, to: string): House => ({
    ...plan,
    imports: [...plan.imports, { from, to, isTypeOnly: true }],
  });
  const floors = ['schedule', 'dispatch', 'job'];

  test('a plan that is as it should be', () => {
    expect(upwards(roomsOf(plan, 'src'), floors)).toEqual([]);
    expect(circlesOf(roomsOf(plan, 'src'))).toEqual([]);
    expect(draw(roomsOf(plan, 'src'), floors)).toBe('schedule  → dispatch\ndispatch  → job\njob');
  });

  test('a type that is imported upwards, where there is no circle of files', () => {
    const built = and('src/dispatch/c.ts', 'src/schedule/a.ts');
    expect(circlesOf(filesOf(built))).toEqual([]);
    expect(upwards(roomsOf(built, 'src'), floors)).toEqual(['dispatch → schedule']);
    expect(circlesOf(roomsOf(built, 'src'))).toEqual([['dispatch', 'schedule']]);
  });

  test('an import upwards that closes no circle at all', () => {
    const built = and('src/job/d.ts', 'src/job/e.ts');
    const graph: Graph = new Map([...roomsOf(built, 'src'), ['job', new Set(['schedule'])]]);
    expect(upwards(graph, floors)).toEqual(['job → schedule']);
  });

  test('a circle of three files, and none beside it', () => {
    const graph: Graph = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c', 'd'])],
      ['c', new Set(['a'])],
      ['d', new Set(['e'])],
      ['e', new Set<string>()],
    ]);
    expect(circlesOf(graph)).toEqual([['a', 'b', 'c']]);
  });

  test('a room that is on no floor', () => {
    expect(upwards(roomsOf(plan, 'src'), ['schedule', 'dispatch'])).toContain('job has no floor');
  });

  test('imports of every form', () => {
    const forms = house.imports.filter(({ from }) => from === 'src/index.ts');
    expect(forms).toContainEqual({ from: 'src/index.ts', to: 'src/pool.ts', isTypeOnly: false });
    expect(forms).toContainEqual({
      from: 'src/index.ts',
      to: 'src/job/job.ts',
      isTypeOnly: true,
    });
    // An `import()` call, and a multi-line import with types among the names.
    const files = filesOf(house);
    expect(files.get('bench/cli.ts')).toContain('bench/cli/bench.ts');
    expect(files.get('src/schedule/admission.ts')).toContain('src/api/errors.ts');
  });
});
