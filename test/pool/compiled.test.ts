/** Checks what V8 compiles on the path of a job. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fixturePath } from '../helpers/guard.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-compiled-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

// Inlined into the runner, with its `try` and its untyped input, the job's loop took 2.4 times as long.
test('a job is a function of its own, and never compiled into the runner', () => {
  const inlined = traceInlining('programs/hot.mjs');
  const intoRunner = inlined.filter((line) => line.includes('#run>'));
  expect(intoRunner, 'the runner is compiled, and the flag tells').not.toEqual([]);
  expect(inlined.filter((line) => line.includes('hotJob>'))).toEqual([]);
});

/** V8's trace of inlined functions. It goes to a file, as V8 drops lines when a pipe is full. */
function traceInlining(program: string): string[] {
  const file = join(folder, 'trace.txt');
  const output = openSync(file, 'w');
  try {
    const args = ['--trace-turbo-inlining', fixturePath(program)];
    const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', output, 'inherit'] });
    expect(status).toBe(0);
  } finally {
    closeSync(output);
  }
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Inlining '));
}
