/** Provides a real run, as written by `--json`, and pages for tests. */
import { readFileSync } from 'node:fs';
import type { BenchFile } from '../../../../bench/report/bench-file.js';
import type { Document } from '../../../../bench/report/document.js';
import { renderPage } from '../../../../bench/report/html/page.js';
import { sectionsOf } from '../../../../bench/harness/sections.js';
import { SCENARIOS } from '../../../../bench/scenarios/index.js';

const PATH = new URL('../../../fixtures/bench-run.json', import.meta.url);

/**
 * The result of `millrace bench overload overhead tail --peers millrace,piscina --jobs no-op --in-flight 1,64 --rounds
 * 2 --seconds 2 --window-ms 100 --memory 256`; run it again when the format of a result changes.
 */
export function readRun(): BenchFile {
  return JSON.parse(readFileSync(PATH, 'utf8')) as BenchFile;
}

/** The page of the stored run. */
export function renderRun(changes: Partial<BenchFile> = {}): string {
  const run = { ...readRun(), ...changes };
  return renderPage(run, sectionsOf(run, SCENARIOS));
}

/** The page of a result whose only content is this document. */
export function renderDocument(
  document: Document,
  changes: Partial<BenchFile['results'][number]> = {},
): string {
  const result: BenchFile['results'][number] = {
    scenario: 'any',
    startedAt: '2026-01-02T03:04:05.678Z',
    isInterrupted: false,
    settings: {},
    failures: [],
    figures: [],
    ...changes,
  };
  const section = { result, document, summary: 'whatever it is' };
  return renderPage({ ...readRun(), results: [result] }, [section]);
}

/** The text of some HTML as a person reads it. */
export function textOf(html: string): string {
  return html
    .replaceAll(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<span class="option">([^<]*)<\/span>/g, '$1')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');
}
