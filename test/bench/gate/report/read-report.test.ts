import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { readGateReport } from '../../../../bench/gate/report/read-report.js';
import { quotedWord } from '../../../../bench/options/quoted.js';
import { run } from '../../../helpers/runs.js';
import { REPORTS } from './reports.js';
import { flawsOfReport } from '../../../helpers/gate-schema.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-report-'));
  path = join(folder, 'report.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(content: unknown): unknown {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readGateReport(path);
}

/** A deep copy with one place changed; undefined removes it. */
function changed(place: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(REPORTS.fail)) as Record<string, unknown>;
  const keys = place.split(/[.[\]]+/).filter((key) => key !== '');
  let at = copy;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[keys.at(-1) as string] = value;
  return copy;
}

test.each(Object.entries(REPORTS))('what was written is read again: %s', (_, report) => {
  expect(read(report)).toEqual(JSON.parse(JSON.stringify(report)));
});

test('a command is one line, whatever its words have in them', () => {
  const words = ['./jobs.js', '--filter', 'two\nlines\u001b[2J'].map(quotedWord);
  const written = { ...REPORTS.pass, command: ['millrace gate', ...words].join(' ') };
  expect(read(written)).toEqual(written);
  expect(flawsOfReport(written)).toEqual([]);
});

test.each([
  { content: '', reason: 'is not JSON: it is empty' },
  { content: '{"schema"', reason: 'is not JSON: ' },
  { content: [], reason: "is not a report of 'millrace gate' that --json has written" },
  { content: run([]), reason: "is not a report of 'millrace gate' that --json has written" },
  {
    content: { schema: 'millrace-gate/2' },
    reason: "has the schema 'millrace-gate/2'; this version reads 'millrace-gate/1'",
  },
])('another file is refused: $reason', ({ content, reason }) => {
  expect(() => read(content)).toThrow(UsageError);
  expect(() => read(content)).toThrow(`'${path}' ${reason}`);
});

test('a file that is not there is refused', () => {
  expect(() => readGateReport(path)).toThrow(
    new UsageError(`'${path}' can't be read: there is no such file.`),
  );
});

const METRIC = 'scenarios[0].metrics[0]';
test.each([
  ['command', 'millrace gate\u001b[2J', 'no text'],
  ['seconds', null, 'no number'],
  ['isInterrupted', 1, 'neither true nor false'],
  ['isStrict', undefined, 'neither true nor false'],
  ['exitCode', 4, 'none of 0, 1, 2, 3'],
  ['verdict', 'waived', 'none of pass, fail, inconclusive'],
  ['scenarios[0].verdict', 'red', 'none of pass, fail, inconclusive, incomparable, new, waived'],
  ['environment', undefined, 'no object'],
  ['environment.cpu', 7, 'no text'],
  ['base', 'main', 'no object'],
  ['base.commit', 7, 'no text'],
  ['notes', ['fine', 7], 'no list of texts'],
  ['scenarios', {}, 'no list'],
  ['scenarios[1]', null, 'no object'],
  ['scenarios[0].name', undefined, 'no text'],
  ['scenarios[0].stage', 'first', 'none of screened, confirmed, single'],
  ['scenarios[3].waiver.until', 2026, 'no text'],
  [`${METRIC}.metric`, 'heat', 'none of cpu, throughput'],
  [`${METRIC}.isJudged`, undefined, 'neither true nor false'],
  [`${METRIC}.head`, null, 'no number'],
  [`${METRIC}.base`, '1', 'no number'],
  [`${METRIC}.effect`, 0.1, 'no object'],
  [`${METRIC}.effect.low`, null, 'no number'],
  [`${METRIC}.rounds`, [0.1, null], 'no list of numbers'],
  ['scenarios[0].controls[0].effect', undefined, 'no object'],
  ['scenarios[0].controls[0].p', null, 'no number'],
  ['scenarios[0].rounds[0].head', undefined, 'no object'],
  ['scenarios[0].rounds[0].base.cpu', null, 'no number'],
  ['scenarios[0].rounds[0].checksum', 7, 'no text'],
  ['budgets[0].unit', 'furlongs', 'none of count, ratio'],
  ['budgets[0].unit', undefined, 'none of count, ratio'],
  ['budgets[0].value.max', null, 'no number'],
  ['budgets[0].atLeast', 'five', 'no number'],
])('a damaged %s is told', (place, value, flaw) => {
  const content = changed(place, value);
  expect(() => read(content)).toThrow(UsageError);
  expect(() => read(content)).toThrow(`'${path}' is damaged: ${place} is ${flaw}`);
});
