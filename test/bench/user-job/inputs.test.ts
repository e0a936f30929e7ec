/** Reads inputs as the command line names them, from real files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../../bench/options/flags.js';
import { readInputSource } from '../../../bench/user-job/input-source.js';
import {
  type InputLimits,
  type Inputs,
  loadInputs,
  summarizeInputs,
} from '../../../bench/user-job/inputs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function load(input?: string, form?: string, limits?: InputLimits): Promise<Inputs> {
  return loadInputs(readInputSource(input, form, folder), limits);
}

async function refusal(input: string, form?: string, limits?: InputLimits): Promise<string> {
  const error = await (async () => load(input, form, limits))().catch((e: unknown) => e);
  expect(error).toBeInstanceOf(UsageError);
  return (error as Error).message;
}

test('without --input the job gets undefined', async () => {
  expect(await load()).toEqual({
    all: [{ name: 'undefined', value: undefined }],
    hasMore: false,
  });
});

describe('files', () => {
  beforeEach(() => {
    write('docs/b.md', 'two');
    write('docs/deep/a.md', '{"n":1}');
    write('docs/other.txt', 'not this');
  });

  test.each([
    { form: undefined, a: '{"n":1}', b: 'two' },
    { form: 'text', a: '{"n":1}', b: 'two' },
    { form: 'bytes', a: Buffer.from('{"n":1}'), b: Buffer.from('two') },
  ])('a pattern gives their contents in the order of their names, as $form', async (each) => {
    expect(await load('docs/**/*.md', each.form)).toEqual({
      all: [
        { name: 'docs/b.md', value: each.b },
        { name: 'docs/deep/a.md', value: each.a },
      ],
      hasMore: false,
    });
  });

  test('as path they are not read', async () => {
    const { all } = await load('docs/**/*.md', 'path');
    expect(all.map(({ value }) => value)).toEqual([
      join(folder, 'docs/b.md'),
      join(folder, 'docs/deep/a.md'),
    ]);
  });

  test('as json they are parsed, and one that is none is named', async () => {
    expect((await load('docs/deep/*', 'json')).all).toEqual([
      { name: 'docs/deep/a.md', value: { n: 1 } },
    ]);
    expect(await refusal('docs/*.md', 'json')).toMatch(
      /^Option '--input': 'docs\/b\.md' is not JSON: /,
    );
  });

  test('a name that looks like a pattern is a file, where there is one', async () => {
    write('docs/[b].md', 'brackets');
    expect((await load('docs/[b].md')).all).toEqual([{ name: 'docs/[b].md', value: 'brackets' }]);
  });

  test('a pattern that matches nothing, and a folder, are refused with what is valid', async () => {
    expect(await refusal('docs/*.pdf')).toBe(
      `Option '--input' is 'docs/*.pdf', which matches no file in ${folder}; ` +
        "valid is a pattern of files such as 'docs/**/*.md', or a module that exports the inputs.",
    );
    expect(await refusal('docs/')).toContain("valid is a pattern of files such as 'docs/**/*'");
  });

  test('at most so many and so many bytes are kept, and it is told that there were more', async () => {
    const count = { count: 1, bytes: 1000 };
    expect(await load('docs/**/*.md', undefined, count)).toMatchObject({
      all: [{ name: 'docs/b.md' }],
      hasMore: true,
    });
    const bytes = { count: 10, bytes: 5 };
    expect(await load('docs/**/*.md', undefined, bytes)).toMatchObject({
      all: [{ name: 'docs/b.md' }],
      hasMore: true,
    });
    expect(await load('docs/**/*.md', undefined, { count: 2, bytes: 10 })).toMatchObject({
      hasMore: false,
    });
    expect(await refusal('docs/**/*.md', undefined, { count: 10, bytes: 2 })).toBe(
      "Option '--input': 'docs/b.md' alone is larger than the 2 bytes that are kept of all inputs.",
    );
  });
});

describe('lines of JSON', () => {
  test('each gives an input with its number, empty ones none', async () => {
    write('rows.ndjson', '{"a":1}\r\n\n[2]\n"three"');
    write('more.jsonl', '4\n');
    expect((await load('*.{ndjson,jsonl}')).all).toEqual([
      { name: 'more.jsonl:1', value: 4 },
      { name: 'rows.ndjson:1', value: { a: 1 } },
      { name: 'rows.ndjson:3', value: [2] },
      { name: 'rows.ndjson:4', value: 'three' },
    ]);
  });

  test('one that can not be read is named with its number', async () => {
    write('rows.ndjson', '{"a":1}\n\n{"a":\n');
    expect(await refusal('rows.ndjson')).toMatch(
      /^Option '--input': line 3 of 'rows\.ndjson' is not JSON: /,
    );
  });

  test('the file is one input where a form is asked for that knows no lines', async () => {
    write('rows.ndjson', '1\n2\n');
    expect((await load('rows.ndjson', 'text')).all).toEqual([
      { name: 'rows.ndjson', value: '1\n2\n' },
    ]);
    expect((await load('rows.ndjson', 'json')).all).toHaveLength(2);
  });

  test('a file without a line is refused', async () => {
    write('rows.ndjson', '\n');
    expect(await refusal('rows.ndjson')).toContain('there is no input');
  });
});

describe('a module', () => {
  test.each([
    ['an array', 'export default [1, 2];'],
    ['a generator function', 'export default function* () { yield 1; yield 2; }'],
    ['an async generator function', 'export default async function* () { yield 1; yield 2; }'],
    ['a function that promises a set', 'export default async () => new Set([1, 2]);'],
    ['an async iterable', 'export default (async function* () { yield 1; yield 2; })();'],
  ])('gives the inputs of %s', async (_, code) => {
    write('inputs.mjs', code);
    expect(await load('inputs.mjs')).toEqual({
      all: [
        { name: '#1', value: 1 },
        { name: '#2', value: 2 },
      ],
      hasMore: false,
    });
  });

  test('that never ends is cut off', async () => {
    write('inputs.mjs', 'export default function* () { for (;;) yield 1; }');
    const { all, hasMore } = await load('./inputs.mjs', undefined, { count: 5, bytes: 1000 });
    expect({ count: all.length, hasMore }).toEqual({ count: 5, hasMore: true });
  });

  test.each([
    ['export const inputs = [1];', 'has no default export'],
    ['export default 7;', 'gives a number'],
    ['export default "text";', 'gives a string'],
    ['export default () => ({});', 'gives an object that is not iterable'],
    ['export default [];', 'yields no input'],
    ['throw new Error("on purpose");', "can't be loaded: on purpose"],
  ])('%s is refused', async (code, says) => {
    write('inputs.mjs', code);
    expect(await refusal('inputs.mjs')).toContain(`the module 'inputs.mjs' ${says}`);
  });

  test('is a file like others where a form is given', async () => {
    write('inputs.mjs', 'export default 7;');
    expect((await load('inputs.mjs', 'text')).all).toEqual([
      { name: 'inputs.mjs', value: 'export default 7;' },
    ]);
    expect(await refusal('missing.mjs')).toContain('there is no such module');
  });

  test('is named by its URL in the plain data that other processes get', () => {
    const path = write('inputs.mjs', '');
    expect(readInputSource('inputs.mjs', undefined, folder)).toEqual({
      kind: 'module',
      module: pathToFileURL(path).href,
      name: 'inputs.mjs',
    });
  });
});

test.each([
  [undefined, 'text', "Option '--input-as' needs '--input', which is missing."],
  [
    'a.md',
    'txt',
    "Option '--input-as' is 'txt'; valid is one of text, bytes, path, json. Did you mean 'text'?",
  ],
])('--input %s --input-as %s is refused', (input, form, says) => {
  expect(() => readInputSource(input, form, '/')).toThrow(new UsageError(says));
});

test('the charge of an input is its weight and what the pool adds for each job', () => {
  const all = ['ab', 'abcd', 'abcdef'].map((value) => ({ name: value, value }));
  expect(summarizeInputs({ all, hasMore: true })).toEqual({
    count: 3,
    bytes: 12,
    meanChargeBytes: 4 + 512,
    deviationChargeBytes: Math.sqrt(8 / 3),
    maxChargeBytes: 6 + 512,
    hasMore: true,
  });
});
