/**
 * Provides the documents that a load generator posts: real JavaScript files of the installation if there are
 * enough, else text generated from the seed.
 *
 * Invariants: the same installation and seed yield the same documents in the same order; every document has 10
 * to 200 KB; at most 256 are held in memory.
 */
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { randomFrom, shuffled } from '../../../math/random.js';
import { mean } from '../../../math/statistics.js';

/** Min size of a document. */
export const MIN_DOCUMENT_BYTES: number = 10 * 1024;
/** Max size; longer files are truncated. */
export const MAX_DOCUMENT_BYTES: number = 200 * 1024;
const MAX_DOCUMENTS = 256;
/** With fewer real files the load would be monotonous. */
const MIN_REAL_DOCUMENTS = 8;
/** Limit of the search in a huge installation: about half a second. */
const MAX_ENTRIES = 40_000;

/** The documents to post; plain data, so that another process can load them. */
export type DocumentSet =
  | { readonly source: 'files'; readonly paths: readonly string[] }
  | { readonly source: 'synthetic'; readonly seed: number; readonly count: number };

/** Number and sizes of a set of documents. */
export interface DocumentSummary {
  readonly source: DocumentSet['source'];
  readonly count: number;
  readonly minBytes: number;
  readonly meanBytes: number;
  readonly maxBytes: number;
}

/** Chooses the documents: a seeded sample of the JavaScript files below the folders. */
export function chooseDocuments(folders: readonly string[], seed: number): DocumentSet {
  const found = folders.flatMap((folder) => findFiles(folder));
  if (found.length < MIN_REAL_DOCUMENTS) return { source: 'synthetic', seed, count: 64 };
  return {
    source: 'files',
    paths: shuffled(found, randomFrom(seed)).slice(0, MAX_DOCUMENTS),
  };
}

/** Reads or generates the documents. */
export function loadDocuments(set: DocumentSet): Buffer[] {
  if (set.source === 'files') {
    return set.paths.map((path) => readFileSync(path).subarray(0, MAX_DOCUMENT_BYTES));
  }
  const random = randomFrom(set.seed);
  return Array.from({ length: set.count }, () => synthesize(random));
}

/** Loads the documents once, to summarize their sizes. */
export function summarizeDocuments(set: DocumentSet): DocumentSummary {
  const sizes = loadDocuments(set).map(({ byteLength }) => byteLength);
  return {
    source: set.source,
    count: sizes.length,
    minBytes: Math.min(...sizes),
    meanBytes: Math.round(mean(sizes) ?? 0),
    maxBytes: Math.max(...sizes),
  };
}

/** Finds files of at least 10 KB in a fixed order; does not follow links. */
function findFiles(root: string): string[] {
  const files: string[] = [];
  const folders = [root];
  let seen = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readFolder(folder)) {
      seen += 1;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (isJavaScript(entry) && statSync(path).size >= MIN_DOCUMENT_BYTES) files.push(path);
    }
    if (seen >= MAX_ENTRIES) break;
  }
  return files;
}

function isJavaScript(entry: Dirent): boolean {
  return entry.isFile() && /\.[cm]?js$/.test(entry.name);
}

function readFolder(folder: string): Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

const WORDS =
  'const let function return if else for of await import export class new this value index ' +
  'result options length map filter push error throw catch true false null undefined => { } ( ) ; = + .';

/** Generates text that compresses about as well as JavaScript: short words, few of them new. */
function synthesize(random: () => number): Buffer {
  const words = WORDS.split(' ');
  const bytes =
    MIN_DOCUMENT_BYTES + Math.floor(random() ** 2 * (MAX_DOCUMENT_BYTES - MIN_DOCUMENT_BYTES));
  const document = Buffer.alloc(bytes, 0x20);
  for (let at = 0; at < bytes;) {
    const word =
      random() < 0.25
        ? Math.floor(random() * 2 ** 32).toString(36)
        : (words[Math.floor(random() * words.length)] as string);
    at += document.write(word, at) + 1;
  }
  return document;
}
