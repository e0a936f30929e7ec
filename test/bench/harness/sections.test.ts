import { expect, test } from 'vitest';
import { sectionsOf } from '../../../bench/harness/sections.js';
import { SCENARIOS } from '../../../bench/scenarios/index.js';
import { result, run } from '../../helpers/runs.js';

const produced = { jobs: 10, seconds: 1, baseRssBytes: 1e6, peakRssBytes: 2e6 };

test('results become sections in the order of the run', () => {
  const file = run([result('producer', [], { produced }), result('calls', [], { calls: [] })]);
  const sections = sectionsOf(file, SCENARIOS.toReversed());
  expect(sections.map((section) => section.result)).toEqual(file.results);
});

test('a section has what its scenario says of the result', () => {
  const own = result('producer', [], { produced });
  const producer = SCENARIOS.find(({ name }) => name === 'producer');
  expect(sectionsOf(run([own]), SCENARIOS)).toEqual([
    { result: own, document: producer?.describe(own), summary: producer?.summary },
  ]);
});

test('a result whose scenario is not known has none', () => {
  expect(sectionsOf(run([result('a scenario of a later version', [])]), SCENARIOS)).toEqual([]);
});
