/**
 * Runs the steps of the GitHub workflow in docs/gate.md as a runner would: in clones as actions/checkout makes them,
 * with pnpm where pnpm/action-setup puts it. pnpm and gh are stubs that record their calls, as both need servers; all
 * else is real.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import {
  gitIn,
  ScratchRepository,
  scratchFolder,
  writeFiles,
} from '../helpers/scratch-repository.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = scratchFolder();
const LONG = { timeout: 120_000 };

/** Records each call and creates the files that an install and a build would create. */
const PNPM = `#!/bin/sh
echo "$*" >> "$CALLS"
mkdir -p node_modules/dependency dist
echo 'export const offset = 0;' > node_modules/dependency/index.mjs
`;

/** Stores comments in a folder, one file each. */
const GH = `#!/bin/bash
shift
method=GET
while [ $# -gt 0 ]; do
  case $1 in
    --method) method=$2; shift 2 ;;
    --jq|--field) last=$2; shift 2 ;;
    --paginate) shift ;;
    *) url=$1; shift ;;
  esac
done
echo "$method $url" >> "$CALLS"
case $method in
  # The workflow's own comments only, by the filter that it asks with.
  GET) case $last in *'github-actions[bot]'*'<!-- millrace gate -->'*) ls "$COMMENTS" ;; *) exit 3 ;; esac ;;
  POST) cp "\${last#body=@}" "$COMMENTS/7" ;;
  PATCH) cp "\${last#body=@}" "$COMMENTS/\${url##*/}" ;;
esac
`;

let server: ScratchRepository;
let tools: string;
beforeEach(() => {
  tools = join(folder(), 'setup-pnpm', 'node_modules', '.bin');
  writeFiles(tools, { pnpm: PNPM, gh: GH });
  for (const name of ['pnpm', 'gh']) chmodSync(join(tools, name), 0o755);
  mkdirSync(join(folder(), 'comments'));
  server = new ScratchRepository(join(folder(), 'server'));
  server.commit({
    '.gitignore': 'node_modules\ndist\n',
    'package.json': JSON.stringify({ type: 'module', scripts: { build: 'true' } }),
    'pnpm-lock.yaml': 'lockfileVersion: 9\n',
    'millrace.config.json': JSON.stringify({ scenarios: [{ run: './jobs.js#square' }] }),
    'jobs.js':
      "import { offset } from './node_modules/dependency/index.mjs';\nexport const square = (n) => offset + 9;\n",
  });
  server.git('switch', '--quiet', '--create', 'topic');
  server.commit({ 'jobs.js': 'export const square = () => 10;\n' });
  server.git('switch', '--quiet', 'main');
  server.commit({ 'other.txt': 'main went on' });
  // actions/checkout checks out this merge for a pull request.
  server.git('switch', '--quiet', '--detach', 'main');
  server.git('merge', '--quiet', '--no-edit', 'topic');
  server.git('update-ref', 'refs/pull/1/merge', 'HEAD');
  server.git('switch', '--quiet', 'main');
});

/** A clone as actions/checkout makes it, with millrace installed as `npm ci` would have done. */
function checkOut(depth: number): string {
  const clone = join(folder(), 'clone');
  const all = ['+refs/heads/*:refs/remotes/origin/*'];
  const refs = [...(depth === 0 ? all : []), '+refs/pull/1/merge:refs/remotes/pull/1/merge'];
  gitIn(folder(), 'init', '--quiet', clone);
  gitIn(clone, 'remote', 'add', 'origin', `file://${server.directory}`);
  const shallow = depth === 0 ? [] : [`--depth=${depth}`];
  gitIn(clone, 'fetch', '--quiet', ...shallow, 'origin', ...refs);
  gitIn(clone, 'checkout', '--quiet', '--detach', 'refs/remotes/pull/1/merge');
  mkdirSync(join(clone, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(join(root, 'dist/bench/cli.js'), join(clone, 'node_modules/.bin/millrace'));
  return clone;
}

/** The script of a step of the documented workflow. */
function scriptOf(step: string): string {
  const docs = readFileSync(join(root, 'docs/gate.md'), 'utf8');
  const text = docs.slice(docs.indexOf(`- name: ${step}\n`));
  const [, block] = /^ +run: (?:\|\n)?([^]*?)(?=^ {0,9}\S)/m.exec(text) ?? [];
  return (block ?? '').replaceAll(/^ {10}/gm, '');
}

/** Runs a step as a runner does: `bash -e`, with the environment of a pull request. */
async function runStep(step: string, clone: string) {
  const child = spawn('bash', ['-e', '-c', scriptOf(step)], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      PATH: [tools, process.env['PATH']].join(delimiter),
      CALLS: join(folder(), 'calls'),
      COMMENTS: join(folder(), 'comments'),
      GITHUB_ACTIONS: 'true',
      GITHUB_BASE_REF: 'main',
      GITHUB_REPOSITORY: 'owner/name',
      GITHUB_STEP_SUMMARY: join(folder(), 'summary.md'),
      NUMBER: '1',
    },
  });
  let output = '';
  const hear = (text: string): void => void (output += text);
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

function calls(): string[] {
  return readFileSync(join(folder(), 'calls'), 'utf8').trim().split('\n');
}

test(
  'depth 0: a pull request that changes results fails, annotated, summarized and commented',
  LONG,
  async () => {
    const clone = checkOut(0);
    const { code, output } = await runStep('gate', clone);
    expect(output).toContain('Input undefined gives 9 on base and 10 on head.');
    expect(code).toBe(2);
    // Both sides were built with the runner's pnpm, each in a folder of its own.
    const build = ['install --frozen-lockfile', 'run build'];
    expect(calls()).toEqual([...build, ...build]);
    expect(output).toMatch(/^::error title=millrace gate%3A \.\/jobs\.js#square::Head's results/m);
    const summary = readFileSync(join(folder(), 'summary.md'), 'utf8');
    expect(summary).toMatch(/^## FAIL: 1 scenario fails\n/);
    expect(summary).toContain('merge base with origin/main');
    const files = ['gate.md', 'gate.html', 'gate.json'];
    expect(files.filter((file) => existsSync(join(clone, file)))).toEqual(files);

    // The comment is posted once, and updated from then on.
    for (const method of ['POST', 'PATCH']) {
      const comment = await runStep('comment', clone);
      expect(comment).toEqual({ code: 0, output: '' });
      expect(calls().at(-1)).toMatch(new RegExp(`^${method} repos/owner/name/issues/`));
      const text = readFileSync(join(folder(), 'comments', '7'), 'utf8');
      expect(text).toBe(`<!-- millrace gate -->\n${readFileSync(join(clone, 'gate.md'), 'utf8')}`);
    }
    expect(calls().at(-1)).toBe('PATCH repos/owner/name/issues/comments/7');
  },
);

test(
  'depth 1: an error before anything is built, with the hint, and a comment that says so',
  LONG,
  async () => {
    const clone = checkOut(1);
    const { code, output } = await runStep('gate', clone);
    expect(code).toBe(1);
    expect(output).toContain("GITHUB_BASE_REF is 'origin/main'");
    expect(output).toContain("in a workflow of GitHub 'fetch-depth: 0' for actions/checkout");
    expect(existsSync(join(folder(), 'calls'))).toBe(false);
    expect(await runStep('comment', clone)).toEqual({ code: 0, output: '' });
    expect(readFileSync(join(folder(), 'comments', '7'), 'utf8')).toBe(
      '<!-- millrace gate -->\n## The gate could not be run: see the log of the job\n',
    );
  },
);
