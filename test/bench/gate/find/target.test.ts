import { expect, test } from 'vitest';
import { readTarget } from '../../../../bench/gate/find/target.js';

test.each([
  ['./a/jobs.js#render', 'a/jobs.js', 'render'],
  ['./a.bench.ts#group > name', 'a.bench.ts', 'group > name'],
  ['./a.bench.ts#Array#map > short', 'a.bench.ts', 'Array#map > short'],
  ['./c#/jobs.mts#render', 'c#/jobs.mts', 'render'],
  ['./a.bench.tsx', 'a.bench.tsx', undefined],
  ['./jobs#render', 'jobs', 'render'],
])('%s', (run, path, name) => {
  const target = readTarget({ run }, '/folder');
  expect(target.kind === 'module' && [target.path, target.name]).toEqual([path, name]);
});
