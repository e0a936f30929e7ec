import { expect, test } from 'vitest';
import { MORE, Omissions } from '../../../src/wire/omissions.js';

/** Notes an omission at the end of this path. */
function omitAt(omissions: Omissions, steps: ReadonlyArray<string | number>): void {
  const [step, ...rest] = steps;
  if (step === undefined) omissions.omit();
  else omissions.at(step, () => omitAt(omissions, rest));
}

test.each<[steps: ReadonlyArray<string | number>, path: string]>([
  [['act'], 'act'],
  [['on end'], 'on end'],
  [['errors', '1'], 'errors[1]'],
  [['errors', 1], 'errors[1]'],
  [['config', 'onEnd', 'then'], 'config.onEnd.then'],
  [['config', 'on end', '$1'], 'config["on end"].$1'],
  [['a', 'say "no"'], 'a["say \\"no\\""]'],
  [['0', 'act'], '[0].act'],
  [[3, 0], '[3][0]'],
  [['a', ''], 'a[""]'],
])('%j is written %s', (steps, path) => {
  const omissions = new Omissions();
  omitAt(omissions, steps);
  omitAt(omissions, steps);
  expect(omissions.paths, 'the path ends where it began').toEqual([path, path]);
});

test('a step gives what its visit gives', () => {
  expect(new Omissions().at('a', () => 7)).toBe(7);
});

test('what is left out divides its field, a circle does not', () => {
  const omissions = new Omissions();
  omissions.at('circle', () => omissions.cut());
  expect([omissions.paths, omissions.isDivided]).toEqual([['circle'], false]);
  omissions.at('act', () => omissions.omit());
  expect([omissions.paths, omissions.isDivided]).toEqual([['circle', 'act'], true]);
});

test('a hundred paths are noted, and that there are more', () => {
  const omissions = new Omissions();
  for (let at = 0; at < 100; at += 1) omitAt(omissions, [at]);
  expect(omissions.paths).toHaveLength(100);
  for (let at = 0; at < 100; at += 1) omitAt(omissions, [at]);
  expect(omissions.paths).toHaveLength(101);
  expect(omissions.paths.slice(-2)).toEqual(['[99]', MORE]);
});
