import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makePlaces } from '../../../../build/bench/gate/calibrate/places.js';
import { Janitor } from '../../../../build/bench/gate/cleanup/janitor.js';
import { scratchFolder } from '../../../helpers/scratch-repository.js';

const folder = scratchFolder();
let temporary: string;
beforeEach(() => {
  temporary = join(folder(), 'tmp');
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
});
afterEach(() => vi.unstubAllEnvs());

/** Runs a job on the library of a place, in a separate process, and reports which Piscina it loaded. */
const PROGRAM = `
import { createRequire } from 'node:module';
const [, library, jobs] = process.argv;
const { Pool } = await import(library);
const pool = new Pool(jobs, { threads: 1 });
const result = await pool.run('noop', 7);
await pool.close();
console.log(JSON.stringify({ result, piscina: createRequire(library).resolve('piscina') }));
`;

test('each side has a place of its own, on paths of equal length, with all that it loads', async () => {
  const janitor = Janitor.start();
  try {
    const places = await makePlaces(janitor);
    const directories = Object.values(places).map(({ directory }) => directory);
    expect(Object.keys(places)).toEqual(['base', 'head']);
    expect(new Set(directories).size).toBe(2);
    expect(new Set(directories.map(({ length }) => length)).size).toBe(1);
    for (const { directory, library, jobs } of Object.values(places)) {
      const output = execFileSync(
        process.execPath,
        ['--input-type=module', '-e', PROGRAM, library, jobs],
        { cwd: directory, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
      );
      const { result, piscina } = JSON.parse(output) as { result: number; piscina: string };
      expect(result).toBe(7);
      expect(piscina.startsWith(`${directory}/`)).toBe(true);
    }
    const others = await makePlaces(janitor);
    expect(directories).not.toContain(others.base.directory);
  } finally {
    await janitor.close();
  }
  expect(readdirSync(temporary)).toEqual([]);
});
