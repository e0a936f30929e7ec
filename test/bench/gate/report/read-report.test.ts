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
  { content: [], reason: "is not a report of 'millrace gate' written by --json" },
  { content: run([]), reason: "is not a report of 'millrace gate' written by --json" },
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
  ['command', 'millrace gate\u001b[2J', 'a string without control characters'],
  ['seconds', null, 'a number'],
  ['isInterrupted', 1, 'true or false'],
  ['isStrict', undefined, 'true or false'],
  ['exitCode', 4, 'one of 0, 1, 2, 3'],
  ['verdict', 'waived', 'one of pass, fail, inconclusive'],
  ['scenarios[0].verdict', 'red', 'one of pass, fail, inconclusive, incomparable, new, waived'],
  ['environment', undefined, 'an object'],
  ['environment.cpu', 7, 'a string'],
  ['base', 'main', 'an object'],
  ['base.commit', 7, 'a string'],
  ['notes', ['fine', 7], 'a string', '[1]'],
  ['scenarios', {}, 'a list'],
  ['scenarios[1]', null, 'an object'],
  ['scenarios[0].name', undefined, 'a string'],
  ['scenarios[0].stage', 'first', 'one of screened, confirmed, single'],
  ['scenarios[3].waiver.until', 2026, 'a string'],
  [`${METRIC}.metric`, 'heat', 'one of cpu, throughput'],
  [`${METRIC}.isJudged`, undefined, 'true or false'],
  [`${METRIC}.head`, null, 'a number'],
  [`${METRIC}.base`, '1', 'a number'],
  [`${METRIC}.effect`, 0.1, 'an object'],
  [`${METRIC}.effect.low`, null, 'a number'],
  [`${METRIC}.rounds`, [0.1, null], 'a number', '[1]'],
  ['scenarios[0].controls[0].effect', undefined, 'an object'],
  ['scenarios[0].controls[0].p', null, 'a number'],
  ['scenarios[0].rounds[0].head', undefined, 'an object'],
  ['scenarios[0].rounds[0].base.cpu', null, 'a number'],
  ['scenarios[0].rounds[0].checksum', 7, 'a string'],
  ['budgets[0].unit', 'furlongs', 'one of count, ratio'],
  ['budgets[0].unit', undefined, 'one of count, ratio'],
  ['budgets[0].value.max', null, 'a number'],
  ['budgets[0].atLeast', 'five', 'a number'],
])('a damaged %s is reported', (place, value, valid, within = '') => {
  const content = changed(place, value);
  expect(() => read(content)).toThrow(UsageError);
  expect(() => read(content)).toThrow(`'${path}' is damaged: ${place}${within} must be ${valid}`);
});
