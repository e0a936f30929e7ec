import { describe, expect, test } from 'vitest';
import { jobFunctions } from '../../workers/job-functions.js';

const render = (): void => {};
async function scale(): Promise<void> {}
class Image {
  width = 0;
}

/** What `import()` returns for an ES module. */
function esModule(exported: Record<string, unknown>): Record<string, unknown> {
  return Object.assign(Object.create(null), exported) as Record<string, unknown>;
}

/** What `import()` returns for a CommonJS module of which Node has detected these fields in the source text. */
function commonJs(
  exports: object,
  found: readonly string[],
  others: object = {},
): Record<string, unknown> {
  const fields = found.map((name) => [name, (exports as Record<string, unknown>)[name]]);
  return esModule({ default: exports, ...Object.fromEntries(fields), ...others });
}

describe('of an ES module', () => {
  test('every exported function is a job, in the order of the exports', () => {
    expect(jobFunctions(esModule({ render, scale }))).toEqual([
      ['render', render],
      ['scale', scale],
    ]);
  });

  test.each<[string, unknown]>([
    ['a class', Image],
    [
      'a class without a name',
      class {
        width = 0;
      },
    ],
    ['a class that extends another', class Canvas extends Image {}],
    ['a number', 5],
    ['text', 'render'],
    ['an object', { render }],
    ['undefined', undefined],
    ['null', null],
  ])('%s is none', (_, value) => {
    expect(jobFunctions(esModule({ render, value }))).toEqual([['render', render]]);
  });

  test.each<[string, unknown]>([
    ['a function', function draw(): void {}],
    ['an arrow function', () => {}],
    ['an async function', async () => {}],
    ['a generator', function* () {}],
    ['a bound function', render.bind(undefined)],
    ['a built-in function', Math.max],
    ['a function whose name begins as that of a class', function classify(): void {}],
    ['a method', { class(): void {} }.class.bind(undefined)],
    ['a proxy of a function', new Proxy(render, {})],
  ])('%s is one', (_, value) => {
    expect(jobFunctions(esModule({ value }))).toEqual([['value', value]]);
  });

  test('a default export is a job of that name, and its fields are none', () => {
    const draw = Object.assign((): void => {}, { render });
    expect(jobFunctions(esModule({ default: draw, scale }))).toEqual([
      ['default', draw],
      ['scale', scale],
    ]);
  });

  test('an object that is the default export has no jobs beside other exports', () => {
    expect(jobFunctions(esModule({ default: { render }, scale }))).toEqual([['scale', scale]]);
  });

  test('one that exports another function under the name of a field is none of CommonJS', () => {
    const other = (): void => {};
    expect(jobFunctions(esModule({ default: { render, scale }, render: other }))).toEqual([
      ['render', other],
    ]);
  });

  test.each([
    ['nothing', {}],
    ['nothing but a default that is null', { default: null }],
    ['nothing but a default that is text', { default: 'render' }],
  ])('that exports %s there is no job', (_, exported) => {
    expect(jobFunctions(esModule(exported))).toEqual([]);
  });

  test.each(['__proto__', 'constructor', 'toString'])('%s is a name as any other', (name) => {
    const module = esModule({});
    Object.defineProperty(module, name, { value: render, enumerable: true });
    expect(jobFunctions(module)).toEqual([[name, render]]);
  });
});

describe('of a CommonJS module', () => {
  test('the fields that Node has found come first, then the others', () => {
    const exports = { render, scale, Image, limit: 5 };
    expect(jobFunctions(commonJs(exports, ['scale']))).toEqual([
      ['scale', scale],
      ['render', render],
    ]);
  });

  test('all fields are there where Node has found none', () => {
    expect(jobFunctions(commonJs({ render, scale }, []))).toEqual([
      ['render', render],
      ['scale', scale],
    ]);
  });

  test('the whole of it, as Node 23 shows it, is no job', () => {
    const exports = Object.assign((): void => {}, { render });
    expect(jobFunctions(commonJs(exports, ['render'], { 'module.exports': exports }))).toEqual([
      ['default', exports],
      ['render', render],
    ]);
  });

  test('the mark of compilers is no export that would make it another kind of module', () => {
    const exports = { render, scale };
    expect(jobFunctions(commonJs(exports, ['render'], { __esModule: true }))).toEqual([
      ['render', render],
      ['scale', scale],
    ]);
  });

  test('a compiled default export is the job of that name', () => {
    const exports = { default: render, scale };
    expect(jobFunctions(esModule({ default: exports, scale, __esModule: true }))).toEqual([
      ['default', render],
      ['scale', scale],
    ]);
  });

  test('a field of that name that is no job does not hide a function that is the module', () => {
    const exports = Object.assign((): void => {}, { default: 5, render });
    expect(jobFunctions(commonJs(exports, []))).toEqual([
      ['default', exports],
      ['render', render],
    ]);
  });

  test('a module that is a function has its fields, too', () => {
    const exports = Object.assign((): void => {}, { render });
    expect(jobFunctions(commonJs(exports, []))).toEqual([
      ['default', exports],
      ['render', render],
    ]);
  });
});
