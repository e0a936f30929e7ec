/**
 * Compiles and runs the `@example`s of the library's docstrings against the built package.
 *
 * A comment behind `console.log(…);` is the expected output. An example that makes no pool gets one, `pool`, of
 * `test/fixtures/docstring-jobs.ts`; an example that exports something is a job module, which a pool runs.
 */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Pool, type PoolOptions } from 'millrace';
import { serve } from 'millrace/nats';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ROOT } from '../helpers/doc-examples.js';
import { HAS_NATS, NatsServer } from '../helpers/nats-server.js';

const run = promisify(execFile);
const SERVER = "'localhost:4222'";

interface Example {
  /** File and name of the documented symbol. */
  readonly name: string;
  readonly code: string;
  readonly needsServer: boolean;
}

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join(ROOT, 'src', path), 'utf8') }));
const examples = sources.flatMap(examplesOf);

function examplesOf({ path, text }: { path: string; text: string }): Example[] {
  const docstrings = text.matchAll(/\/\*\*\n(?<doc>(?: *\*.*\n)*?) *\*\/\n(?<line>.*)/g);
  return [...docstrings].flatMap(({ groups: { doc = '', line = '' } = {} }) => {
    const code = /@example\n *\* ```ts\n(?<code>[^]*?) *\* ```/.exec(doc)?.groups?.['code'];
    if (code === undefined) return [];
    const of = /^ *(?:(?:export|async|function|class|interface|readonly) )*(?<of>\w+)/.exec(line);
    return {
      name: `${path}: ${of?.groups?.['of']}`,
      code: code.replaceAll(/^ *\* ?/gm, ''),
      needsServer: path.startsWith('nats/'),
    };
  });
}

/** True if the example is a job module rather than a program. */
const isModule = ({ code }: Example): boolean => /^export /m.test(code);

/** The complete program of an example. */
function programOf(example: Example): string {
  const { code, needsServer } = example;
  if (isModule(example) || /new Pool|connect\(/.test(code)) return code;
  const jobs = "<typeof import('./jobs.js')>";
  if (!needsServer) {
    const pool = `new Pool${jobs}(new URL('./jobs.js', import.meta.url))`;
    return `import { Pool } from 'millrace';\nconst pool = ${pool};\n${code}\nawait pool.close();\n`;
  }
  return [
    "import { connect } from '@nats-io/transport-node';",
    "import { RemotePool } from 'millrace/nats';",
    `const connection = await connect({ servers: ${SERVER} });`,
    `const pool = await RemotePool.connect${jobs}({ connection, name: 'numbers' });`,
    code,
    'await pool.close();',
    'await connection.close();',
  ].join('\n');
}

const expected = (code: string): string =>
  [...code.matchAll(/console\.log\(.*\);? ?\/\/ (?<text>.*)$/gm)]
    .map(({ groups }) => `${groups?.['text']}\n`)
    .join('');

describe('the examples of the docstrings', () => {
  let folder: string;
  const fileOf = (example: Example): string => join(folder, `${examples.indexOf(example)}`);
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-docstrings-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'millrace'));
    for (const scope of ['@nats-io', '@types']) {
      symlinkSync(join(ROOT, 'node_modules', scope), join(folder, 'node_modules', scope));
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const compilerOptions = {
      strict: true,
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      module: 'nodenext',
      types: ['node'],
      skipLibCheck: true,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    copyFileSync(join(ROOT, 'test/fixtures/docstring-jobs.ts'), join(folder, 'jobs.ts'));
    for (const each of examples) writeFileSync(`${fileOf(each)}.ts`, programOf(each));
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const compiled = run(process.execPath, [compiler, '-p', folder]).catch(
      (error: object) => error,
    );
    expect(await compiled).toEqual({ stdout: '', stderr: '' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function runExample(example: Example): Promise<void> {
    const program = `${fileOf(example)}.js`;
    const options = { cwd: folder, timeout: 60_000, killSignal: 'SIGKILL' } as const;
    const end = await run(process.execPath, [program], options);
    expect(end).toEqual({ stdout: expected(example.code), stderr: '' });
  }

  /** Makes a pool of the example's module and uses it. */
  async function runModule(
    example: Example,
    use: (pool: Pool) => Promise<unknown>,
    options: PoolOptions<string> = {},
  ): Promise<void> {
    const module = pathToFileURL(`${fileOf(example)}.js`);
    await using pool = new Pool(module, { threads: 1, ...(options as PoolOptions) });
    await use(pool);
  }

  /** Calls of the job modules, by the name of their example. */
  const uses: Readonly<Record<string, (example: Example) => Promise<void>>> = {
    'api/options.ts: setup': async (example) => {
      const log = join(folder, `line.log`);
      const module = readFileSync(`${fileOf(example)}.js`, 'utf8');
      const name = '`thread-${threadId}.log`';
      expect(module).toContain(name);
      writeFileSync(`${fileOf(example)}.js`, module.replace(name, JSON.stringify(log)));
      const use = (pool: Pool) => pool.run('write', 'a line');
      await runModule(example, use, { setup: 'openLog', teardown: 'closeLog' });
      expect(readFileSync(log, 'utf8')).toBe('a line\n');
    },
    'api/worker.ts: JobContext': (example) =>
      runModule(example, async (pool) => {
        const heard: unknown[] = [];
        const onProgress = (share: unknown): unknown => heard.push(share);
        expect(await pool.run('sum', 10_000, { onProgress })).toBe(49_995_000);
        expect(heard.at(-1)).toBe(0.9);
      }),
    'api/worker.ts: signal': (example) =>
      runModule(example, async (pool) => {
        expect(await pool.run('download', 'data:,a%20text')).toBe('a text');
      }),
    'api/worker.ts: transfer': (example) =>
      runModule(example, async (pool) => {
        const pixels = await pool.run('render', { width: 2, height: 3 });
        expect(pixels).toEqual(new Uint8Array(24));
      }),
  };

  test('each method of a pool and each function has one', () => {
    const names = examples.map(({ name }) => name.replace(/^.*: /, ''));
    for (const method of ['run', 'submit', 'trySubmit', 'map', 'stats', 'close']) {
      expect(names.filter((name) => name === method)).toEqual([method, method]);
    }
    const others = [
      'Pool',
      'group',
      'job',
      'ready',
      'RemotePool',
      'provision',
      'serve',
      'transfer',
    ];
    expect(names).toEqual(expect.arrayContaining([...others, 'JobContext', 'Group', 'MapRows']));
  });

  test('all of them are found here, and all modules are used', () => {
    const texts = sources.map(({ text }) => text).join('');
    expect(texts.match(/@example/g)).toHaveLength(examples.length);
    const modules = examples.filter(isModule);
    expect(modules.map(({ name }) => name)).toEqual(Object.keys(uses));
  });

  const local = examples.filter(({ needsServer }) => !needsServer);
  test.each(local.map((each) => [each.name, each] as const))('%s', (name, each) =>
    (uses[name] ?? runExample)(each),
  );

  describe.runIf(HAS_NATS)('with a server', () => {
    let server: NatsServer;
    let connection: NatsConnection;
    const closing: Array<() => Promise<unknown>> = [];
    beforeAll(async () => {
      server = await NatsServer.start();
      closing.push(() => server.stop());
      connection = await server.connect();
      const pool = new Pool(pathToFileURL(join(folder, 'jobs.js')), { threads: 1 });
      closing.push(() => pool.close());
      const provisioning = examples.find(({ name }) => name.endsWith('provision'));
      await runWithServer(provisioning as Example);
      const node = await serve(pool, { connection: connection as never, name: 'numbers' });
      closing.push(() => node.close());
    });
    afterAll(async () => {
      for (const close of closing.toReversed()) await close();
    });

    async function runWithServer(example: Example): Promise<void> {
      const file = `${fileOf(example)}.js`;
      const address = JSON.stringify(`127.0.0.1:${server.port}`);
      const program = readFileSync(file, 'utf8');
      // Otherwise the program would connect to whatever listens at the default port.
      if (!program.includes(address)) {
        expect(program).toContain(SERVER);
        writeFileSync(file, program.replaceAll(SERVER, address));
      }
      if (!example.code.includes('SIGTERM')) return runExample(example);
      // The program serves until it is told to stop.
      const { consumers } = await jetstreamManager(connection);
      const ended = run(process.execPath, [file], { cwd: folder });
      try {
        await vi.waitFor(async () => {
          const { num_waiting } = await consumers.info('millrace-numbers-jobs', 'nodes');
          expect(num_waiting).toBeGreaterThan(1);
        }, 30_000);
        ended.child.kill('SIGTERM');
        expect(await ended).toEqual({ stdout: '', stderr: '' });
      } finally {
        ended.child.kill('SIGKILL');
      }
    }

    const remote = examples.filter(({ needsServer }) => needsServer);
    test.each(remote.map((each) => [each.name, each] as const))('%s', (_, each) =>
      runWithServer(each),
    );
  });
});
