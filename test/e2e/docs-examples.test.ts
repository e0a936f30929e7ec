/**
 * Runs the examples of the README, docs/tasks.md and docs/runtime.md: every fenced block that begins with a comment of
 * its file name becomes that file, beside all others of its document. The programs among them must print what is listed
 * here.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examplesOf, ROOT } from '../helpers/doc-examples.js';

/** Expected output of the programs of each document. */
const PRINTED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'README.md': {
    'main.mjs': /^2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n$/,
    'stop.mjs': /^(at \d+000\n)+ERR_JOB_TIMEOUT\n$/,
  },
  'docs/tasks.md': {
    'rows.mjs': /^666667166\n$/,
    'file.mjs': /^#+\n(#*\n)+$/,
    'failures.mjs': /^home ok\nmissing no page 'missing'\nabout ok\n$/,
    'group.mjs': /^home after 5 ms\nno page 'missing'\n0 running\n$/,
  },
  'docs/runtime.md': {
    'cancel.mjs': /^stopped: AbortError\nretirements: 0\n$/,
    'progress.mjs': /^(\d+ %\n)*100 %\nsum: 500000500000\n$/,
    'database.mjs': /^row 7\nclosed\n$/,
  },
};

describe.each(Object.entries(PRINTED))('%s', (document, programs) => {
  const examples = examplesOf(document);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-examples-'));

  beforeAll(() => {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'millrace'));
    for (const [name, content] of examples) writeFileSync(join(folder, name), content);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('no two examples have the same name, and each one that uses the pool is run', () => {
    const names = examples.map(([name]) => name);
    expect(names).toEqual([...new Set(names)]);
    const using = examples.filter(([, content]) => content.includes("from 'millrace'"));
    expect(using.map(([name]) => name).toSorted()).toEqual(Object.keys(programs).toSorted());
  });

  test.each(Object.entries(programs))('%s', async (name, printed) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [name], {
      cwd: folder,
      timeout: 30_000,
      killSignal: 'SIGKILL',
    });
    expect(stdout).toMatch(printed);
    expect(stderr).toBe('');
  });
});
