import { expect, test } from 'vitest';
import { firstError } from '../../../../bench/gate/measure/first-error.js';

const long = 'x'.repeat(500);

test.each([
  {
    what: "Node's, without its own places",
    output: `node:internal/modules/esm/get_format:189
  throw new ERR_UNKNOWN_FILE_EXTENSION(ext, filepath);
        ^

TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for /side/jobs.ts
    at Object.getFileProtocolModuleFormat [as file:] (node:internal/modules/esm/get_format:189:9)
    at async ModuleLoader.loadAndTranslate (node:internal/modules/esm/loader:543:45) {
  code: 'ERR_UNKNOWN_FILE_EXTENSION'
}`,
    expected: 'TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for jobs.ts',
  },
  {
    what: 'a place above the line of code',
    output: `file:///side/lib/a.mjs:2
const = 4;
      ^

SyntaxError: Unexpected token '='
    at compileSourceTextModule (node:internal/modules/esm/utils:346:16)

Node.js v20.20.2`,
    expected: "SyntaxError: Unexpected token '=' (lib/a.mjs:2)",
  },
  {
    what: 'a message of several lines, and a place in the stack',
    output: `Warning: this is no Error: of course
Error: first line

third line
    at Object.load (/side/node_modules/x/index.js:1:2)
    at load (file:///side/b.mjs:7:21)
    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)`,
    expected: 'Error: first line third line (b.mjs:7)',
  },
  {
    what: 'a long message',
    output: `RangeError: ${long}\n    at file:///side/b.mjs:7:21`,
    expected: `RangeError: ${long} (b.mjs:7)`,
  },
  {
    what: 'a line of code that begins like one',
    output: `file:///side/b.mjs:3
Error.captureStackTrace(error);
      ^

ReferenceError: error is not defined
    at file:///side/b.mjs:3:25`,
    expected: 'ReferenceError: error is not defined (b.mjs:3)',
  },
  {
    what: "Vitest's, in color",
    output: `\u001B[31m⎯⎯ Failed Suites 1 ⎯⎯\u001B[39m

 FAIL  fails.bench.ts [ fails.bench.ts ]
\u001B[31mError\u001B[39m: load boom
 ❯ fails.bench.ts:2:7
      1| import { bench } from 'vitest';
      2| throw new Error('load boom');
       |       ^`,
    expected: 'Error: load boom (fails.bench.ts:2)',
  },
  {
    what: "Vitest's without a stack",
    output: `Error: No test suite found in file /side/empty.bench.ts
⎯⎯⎯⎯⎯⎯[1/1]⎯
Error: another
    at file:///side/b.mjs:3:25`,
    expected: 'Error: No test suite found in file empty.bench.ts',
  },
  {
    what: 'that of a configuration, which Vite has bundled',
    output: `failed to load config from /side/vitest.config.ts

⎯⎯⎯⎯⎯⎯⎯ Startup Error ⎯⎯⎯⎯⎯⎯⎯⎯
TypeError: config boom
    at file:///side/node_modules/.vite-temp/vitest.config.ts.timestamp-1-2.mjs:2:7
    at async loadConfigFromFile (file:///side/node_modules/vite/dist/node/chunks/node.js:3:4)`,
    expected: 'TypeError: config boom',
  },
  { what: 'none', output: 'No benchmark files found, exiting with code 1', expected: undefined },
])('$what', ({ output, expected }) => {
  expect(firstError(output, '/side')).toBe(expected);
});
