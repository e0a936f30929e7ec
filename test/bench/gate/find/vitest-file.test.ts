import { expect, test } from 'vitest';
import { isVitestSource } from '../../../../bench/gate/find/vitest-file.js';

test.each([
  ['an import', "import { bench } from 'vitest';\nbench('a', () => {});"],
  ['an import of several lines', 'import {\n  bench,\n  describe,\n} from "vitest";'],
  ['an import of all of it', "import * as vitest from 'vitest';"],
])('%s makes a Vitest bench file, whatever its name', (_, source) => {
  expect(isVitestSource('/a/parse.bench.ts', source)).toBe(true);
  expect(isVitestSource('/a/parse.js', source)).toBe(true);
});

test.each([
  ['a call', "describe('x', () => {\n  bench('a', () => {});\n});"],
  ['a call of a variant', "bench.only('a', () => {});"],
  ['a call beside a path', "import { docs } from '../bench/docs.js';\nbench('a', () => docs());"],
  ['a call after lines without semicolons', "import { docs } from './docs.js'\n\nbench('a', docs)"],
])('%s of the global bench makes one where the name is that of one', (_, source) => {
  expect(isVitestSource('/a/parse.bench.ts', source)).toBe(true);
  expect(isVitestSource('/a/parse.benchmark.mjs', source)).toBe(true);
  expect(isVitestSource('/a/parse.js', source)).toBe(false);
});

test.each([
  [
    'a tinybench Bench',
    "import { Bench } from 'tinybench';\nexport const bench = new Bench();\nbench.add('a', f);",
  ],
  [
    'a Bench of another file',
    "import { bench } from './shared.js';\nbench('a', f);\nexport default bench;",
  ],
  ['a bench of its own', 'const bench = (name) => name;\nbench("a");'],
  ['types of Vitest in braces', "import { type Bench } from 'vitest';\nexport default (n) => n;"],
  ['types of Vitest', "import type { Bench } from 'vitest';\nexport default (n) => n;"],
  [
    'a comment',
    "// import { bench } from 'vitest';\n/**\n * bench('a', () => {});\n */\nexport default 1;",
  ],
  ['a package of a similar name', "import { x } from 'vitest-helpers';"],
  ['an import after a text', "const text = 'import x';\nimport y from 'y'; // from 'vitest'"],
])('%s makes none', (_, source) => {
  expect(isVitestSource('/a/parse.bench.ts', source)).toBe(false);
});
