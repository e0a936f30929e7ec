import { expect, test } from 'vitest';
import { namesOf, subjects } from '../../../../src/nats/server/names.js';
import { thrownBy } from '../../../helpers/outcomes.js';

const names = namesOf('thumbs_1');

test('ids and keys become tokens, whatever they are', () => {
  const all = [
    subjects.job(names, 'a.b *>', undefined),
    subjects.job(names, 'id', 'a.b *>'),
    subjects.result(names, 'submitter', 'ü\n'),
    subjects.deadLetter(names, ' '),
  ];
  for (const subject of all) expect(subject).toMatch(/^millrace\.thumbs_1(?:\.[\w-]+)+$/);
  expect(new Set(all).size).toBe(all.length);
});

test('jobs with a key share its subject, others have one each', () => {
  expect(subjects.job(names, '1', 'k')).toBe(subjects.job(names, '2', 'k'));
  expect(subjects.job(names, '1', undefined)).not.toBe(subjects.job(names, '2', undefined));
  expect(subjects.job(names, 'k', undefined)).not.toBe(subjects.job(names, '1', 'k'));
});

test.each([undefined, '', 'a b', 'a.b', 'ü', 'x'.repeat(65), 5])('%j is no name', (name) => {
  expect(thrownBy(() => namesOf(name))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    option: 'name',
  });
});
