import { basename, dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../bench/options/flags.js';
import { looksLikeModule, readJobName } from '../../../bench/user-job/module-name.js';

const file = fileURLToPath(new URL('../../fixtures/own-job/jobs.js', import.meta.url));
const folder = dirname(file);
const module = pathToFileURL(file).href;

test.each([
  ['./jobs.js', true],
  ['../jobs', true],
  ['/srv/jobs.js#render', true],
  ['jobs.js', true],
  ['jobs.mts', true],
  ['jobs.cjs', true],
  ['jobs#render', true],
  ['overload', false],
  ['list', false],
  ['job', false],
])('whether %s means a module: %s', (word, is) => {
  expect(looksLikeModule(word)).toBe(is);
});

describe('a job', () => {
  test('is an export of a file, which is found from the working directory', () => {
    const expected = { label: 'jobs.js#short', module, path: file, name: 'short' };
    expect(readJobName('./jobs.js#short', folder)).toEqual(expected);
    expect(readJobName('own-job/jobs.js#short', dirname(folder))).toEqual(expected);
    expect(readJobName(`${file}#short`, '/')).toEqual(expected);
  });

  test('without a name is the default export', () => {
    expect(readJobName(basename(file), folder)).toMatchObject({ name: 'default', path: file });
  });

  test.each([
    ['./jobs.js#', "The job is './jobs.js#'; valid is a module and one of its exports"],
    ['#short', "The job is '#short'; valid is a module and one of its exports"],
    ['./missing.js#short', `The job's module './missing.js' does not exist: no file ${folder}`],
    ['.#short', "The job's module '.' does not exist"],
  ])('%s is refused', (given, says) => {
    expect(() => readJobName(given, folder)).toThrow(UsageError);
    expect(() => readJobName(given, folder)).toThrow(says);
  });
});
