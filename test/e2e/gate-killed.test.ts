/**
 * Ends a gate by each signal at each moment, and checks that no worktree, folder, partial file or process is left.
 *
 * A moment is a line that the program prints, a git filter or a build that hangs where the test wants it to, or a file
 * being written. All processes that a program starts are identified by a word in their environment.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, watch } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { IS_ALL } from '../helpers/extent.js';
import { fixturePath } from '../helpers/guard.js';
import { processesOf } from '../helpers/processes.js';
import { ScratchRepository, scratchFolder } from '../helpers/scratch-repository.js';

const folder = scratchFolder();
/** Only ends a test that hangs. */
const PATIENCE_MS = 60_000;
/** Length of the file that the program writes, so that it can be caught half-written. */
const FILE_LENGTH = 32_000_000;

/** Hangs and reports its process if `HANG` names this step and side; goes on otherwise. */
const REPORT = `
  import { spawn } from 'node:child_process';
  import { connect } from 'node:net';
  const [, , what] = process.argv;
  const where = what + ' ' + process.cwd().slice(-4);
  if (where === process.env.HANG) {
    const stubborn = where === 'build base' ? "process.on('SIGTERM', () => {});" : '';
    const living = stubborn + "process.send('on'); setInterval(() => {}, 1e6)";
    const child = spawn(process.execPath, ['-e', living], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.once('message', () => connect(process.env.REPORTS).end(where + ' ' + process.pid));
    setInterval(() => {}, 1e6);
  } else if (what === 'filter') {
    process.stdin.pipe(process.stdout);
  }
`;

let repository: ScratchRepository;
let temporary: string;
let results: string;
let server: Server;
let reports: string;
beforeEach(async () => {
  [temporary, results] = [join(folder(), 'tmp'), join(folder(), 'results')];
  for (const each of [temporary, results]) mkdirSync(each);
  repository = new ScratchRepository(join(folder(), 'repository'));
  const report = join(folder(), 'repository', 'report.mjs');
  repository.commit({ 'report.mjs': REPORT, '.gitattributes': 'x.txt filter=hang', 'x.txt': 'x' });
  repository.git('config', 'filter.hang.smudge', `'${process.execPath}' '${report}' filter`);
  reports = join(folder(), 'reports');
  server = createServer().listen(reports);
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  for (const pid of processesOf(reports)) process.kill(pid, 'SIGKILL');
});

/** Starts the program; one of its processes hangs at the step `hang`. */
function start(hang: string) {
  const file = join(results, 'result');
  const child = spawn(
    process.execPath,
    [fixturePath('programs/checkout.mjs'), file, 'node report.mjs build'],
    {
      cwd: repository.directory,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        TMPDIR: temporary,
        REPORTS: reports,
        HANG: hang,
      },
    },
  );
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const hears = new Promise<string>((resolve, reject) => {
    server.once('connection', (socket) => {
      socket.setEncoding('utf8').once('data', (text: string) => resolve(text));
    });
    child.once('exit', () => reject(new Error(`It never reported '${hang}': ${said}`)));
  });
  hears.catch(() => {});
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => {
        if (said.includes(text)) resolve();
      });
      child.once('exit', () => reject(new Error(`It never said '${text}': ${said}`)));
    });
  return { child, pid: child.pid as number, says, hears, said: () => said };
}

/** Calls `act` as soon as a file with the prefix appears in a folder. */
async function firstFile(path: string, prefix: string, act: () => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const watcher = watch(path, (_, name) => {
      if (name?.startsWith(prefix) !== true) return;
      watcher.close();
      act();
      resolve();
    });
  });
}

async function expectNothingLeft(): Promise<void> {
  await vi.waitFor(() => expect(processesOf(reports)).toEqual([]), PATIENCE_MS);
  expect(readdirSync(temporary)).toEqual([]);
  expect(repository.worktrees()).toEqual([repository.directory]);
  expect(existsSync(join(repository.directory, '.git', 'worktrees'))).toBe(false);
  expect(repository.git('status', '--porcelain')).toBe('');
  const written = readdirSync(results);
  expect(['', 'result']).toContain(written.join());
  for (const name of written) {
    const text = readFileSync(join(results, name), 'utf8');
    expect(text === `${text[0]?.repeat(FILE_LENGTH)}\n`).toBe(true);
  }
}

/** A line that the program prints, a step that hangs on a side, or a file that is being written. */
const moments = [
  { moment: 'started', by: 'says' },
  { moment: 'base: git worktree add', by: 'says' },
  { moment: 'filter base', by: 'hangs' },
  { moment: 'base: node report.mjs build', by: 'says' },
  { moment: 'build base', by: 'hangs' },
  { moment: 'head: git worktree add', by: 'says' },
  { moment: 'filter head', by: 'hangs' },
  { moment: 'build head', by: 'hangs' },
  { moment: 'written 2', by: 'says' },
  { moment: '.result.', by: 'writes' },
] as const;

// The program handles SIGTERM and Ctrl-C in one place, so by default each is sent at every other moment.
describe.each([
  { how: 'SIGKILL', signal: 'SIGKILL', isForGroup: false, isAt: () => true },
  { how: 'SIGTERM', signal: 'SIGTERM', isForGroup: false, isAt: (at: number) => at % 2 === 0 },
  { how: 'Ctrl-C', signal: 'SIGINT', isForGroup: true, isAt: (at: number) => at % 2 === 1 },
] as const)('$how', ({ signal, isForGroup, isAt }) => {
  test.each(moments.filter((_, at) => IS_ALL || isAt(at)))(
    'at: $moment',
    { timeout: 2 * PATIENCE_MS },
    async ({ moment, by }) => {
      const program = start(by === 'hangs' ? moment : '');
      const exited = once(program.child, 'exit');
      const kill = () => process.kill(isForGroup ? -program.pid : program.pid, signal);
      if (by === 'writes') await firstFile(results, moment, kill);
      else {
        await (by === 'says' ? program.says(moment) : program.hears);
        kill();
      }
      const [, endedBy] = (await exited) as [number | null, string | null];
      // The program handles the other two signals and exits by itself.
      expect(endedBy).toBe(signal === 'SIGKILL' ? 'SIGKILL' : null);
      await expectNothingLeft();
    },
  );
});

test('git itself is killed while it makes a worktree', async () => {
  const program = start('filter base');
  const exited = once(program.child, 'exit');
  const reporter = Number((await program.hears).split(' ').at(-1));
  process.kill(-groupOf(reporter), 'SIGKILL');
  await exited;
  expect(program.said()).toMatch(/'git worktree add' ended with SIGKILL/);
  await expectNothingLeft();
});

function groupOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[2]);
}
