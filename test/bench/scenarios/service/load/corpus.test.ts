import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  chooseDocuments,
  type DocumentSet,
  loadDocuments,
  MAX_DOCUMENT_BYTES,
  MIN_DOCUMENT_BYTES,
  summarizeDocuments,
} from '../../../../../bench/scenarios/service/load/corpus.js';
import { installedFolders } from '../../../../../bench/process/installation.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-documents-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(path: string, bytes: number): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'x'.repeat(bytes));
  return file;
}

function pathsOf(set: DocumentSet): string[] {
  return set.source === 'files' ? set.paths.toSorted() : [];
}

test('takes JavaScript files of 10 KB and more, at any depth, and nothing else', () => {
  const taken = [
    ...Array.from({ length: 6 }, (_, index) => put(`package-${index}/index.js`, 20_000)),
    put('deep/er/still/x.mjs', MIN_DOCUMENT_BYTES),
    put('deep/er/y.cjs', 50_000),
  ];
  put('small.js', MIN_DOCUMENT_BYTES - 1);
  put('text.txt', 20_000);
  put('types.d.ts', 20_000);
  symlinkSync(folder, join(folder, 'loop'));
  symlinkSync(taken[0] as string, join(folder, 'link.js'));
  expect(pathsOf(chooseDocuments([folder], 1))).toEqual(taken.toSorted());
});

test('the seed decides the order, and of many files also which', () => {
  for (let index = 0; index < 300; index += 1) put(`${index}.js`, MIN_DOCUMENT_BYTES);
  const chosen = chooseDocuments([folder], 1);
  expect(chooseDocuments([folder], 1)).toEqual(chosen);
  expect(pathsOf(chooseDocuments([folder], 2))).not.toEqual(pathsOf(chosen));
  expect(pathsOf(chosen).length).toBe(256);
});

test('long files are cut to 200 KB', () => {
  for (let index = 0; index < 8; index += 1) put(`${index}.js`, MAX_DOCUMENT_BYTES + index * 1000);
  const set = chooseDocuments([folder], 1);
  expect(loadDocuments(set).map(({ byteLength }) => byteLength)).toEqual(
    Array.from({ length: 8 }, () => MAX_DOCUMENT_BYTES),
  );
  expect(summarizeDocuments(set)).toEqual({
    source: 'files',
    count: 8,
    minBytes: MAX_DOCUMENT_BYTES,
    meanBytes: MAX_DOCUMENT_BYTES,
    maxBytes: MAX_DOCUMENT_BYTES,
  });
});

test('where there are too few files, or no folder at all, text is made from the seed', () => {
  put('only.js', 20_000);
  const set = chooseDocuments([folder, join(folder, 'missing')], 9);
  expect(set).toEqual({ source: 'synthetic', seed: 9, count: 64 });
  const documents = loadDocuments(set);
  expect(Buffer.concat(loadDocuments(set)).equals(Buffer.concat(documents))).toBe(true);
  for (const { byteLength } of documents) {
    expect(byteLength).toBeGreaterThanOrEqual(MIN_DOCUMENT_BYTES);
    expect(byteLength).toBeLessThanOrEqual(MAX_DOCUMENT_BYTES);
  }
  const [first] = documents as [Buffer];
  const share = gzipSync(first).byteLength / first.byteLength;
  expect(share).toBeGreaterThan(0.15);
  expect(share).toBeLessThan(0.5);
});

test('this installation has enough JavaScript files', () => {
  expect(chooseDocuments(installedFolders(), 1).source).toBe('files');
});
