import { describe, expect, test } from 'vitest';
import { describeComparison } from '../../../../../bench/scenarios/job/advice/comparison.js';
import { chooseSlots } from '../../../../../bench/scenarios/job/advice/slots.js';
import { saturated, saturatedIn } from '../figures.js';

describe('the chosen slots', () => {
  test('are the smallest that each round shows to be as good as all larger ones, within 5 %', () => {
    const choice = chooseSlots([saturated(1, 100), saturated(2, 196), saturated(4, 200)]);
    expect(choice?.chosen).toMatchObject({ threads: 2 });
    expect(choice?.comparisons).toEqual([
      expect.objectContaining({ smaller: slots(1), larger: slots(2), shows: 'worse' }) as object,
      expect.objectContaining({
        smaller: slots(2),
        larger: slots(4),
        shows: 'as good',
        confidence: 0.875,
      }) as object,
    ]);
    const steps = [saturated(1, 100), saturated(2, 180), saturated(4, 200)];
    expect(chooseSlots(steps)?.chosen).toMatchObject({ threads: 4 });
  });

  test('are never ones that a smaller setting beats in each round', () => {
    const all = [
      saturatedIn(2, [100, 100, 100]),
      saturatedIn(3, [75, 112, 100]),
      saturatedIn(4, [80, 85, 84]),
    ];
    const choice = chooseSlots(all);
    expect(choice?.chosen).toMatchObject({ threads: 3 });
    expect(choice?.comparisons).toMatchObject([
      { smaller: slots(2), larger: slots(3), shows: 'unclear' },
      { smaller: slots(2), larger: slots(4), shows: 'as good' },
    ]);
  });

  test('are the larger ones where the ranges overlap: a busy machine shows nothing', () => {
    // Work on the CPU, measured while other programs ran: medians of 190 and 180 per second.
    const choice = chooseSlots([saturatedIn(1, [190, 185, 540]), saturatedIn(2, [1021, 170, 180])]);
    expect(choice?.chosen).toMatchObject({ threads: 2 });
    expect(choice?.comparisons).toMatchObject([{ shows: 'unclear', confidence: 0 }]);
  });

  test('are the larger ones where there are too few rounds to show anything', () => {
    const choice = chooseSlots([saturatedIn(1, [200, 200]), saturatedIn(2, [190, 190])]);
    expect(choice?.chosen).toMatchObject({ threads: 2 });
  });

  test('are the larger ones where a round lacks one of the two', () => {
    const choice = chooseSlots([saturatedIn(1, [200, 200, 200]), saturatedIn(2, [190, 190])]);
    expect(choice?.chosen).toMatchObject({ threads: 2 });
    expect(choice?.comparisons[0]).not.toHaveProperty('ratio');
  });

  test('are compared within rounds, as a drift of the machine hits both sides', () => {
    const choice = chooseSlots([saturatedIn(1, [100, 200, 400]), saturatedIn(2, [102, 204, 408])]);
    expect(choice?.chosen).toMatchObject({ threads: 1 });
  });

  test('have fewer threads before they have fewer jobs at once', () => {
    const all = [saturated(2, 200, 64), saturated(1, 200, 64), saturated(1, 199, 16)];
    expect(chooseSlots(all)?.chosen).toMatchObject({ threads: 1, concurrency: 16 });
  });

  test('are none where nothing was measured', () => {
    expect(chooseSlots([])).toBeUndefined();
  });
});

describe('what a comparison says, and how sure it is', () => {
  test.each([
    [
      [98, 99, 99],
      '1 thread had 0.980 to 0.990 × the throughput of 2 threads in 3 rounds: as good within 5 % (87.5 % confidence).',
    ],
    [
      [50, 52, 51],
      '1 thread had 0.500 to 0.520 × the throughput of 2 threads in 3 rounds: less by 5 % or more (87.5 % confidence).',
    ],
    [
      [50, 100, 130],
      '1 thread had 0.500 to 1.30 × the throughput of 2 threads in 3 rounds, which does not show that it is as good. The larger setting is the safe choice; a quieter machine or longer measurements (--seconds) can tell.',
    ],
    [
      [100],
      '1 thread may be as good as 2 threads: fewer than 3 rounds have both, which shows nothing. The larger setting is the safe choice.',
    ],
  ])('of %j against 100 in each round', (rounds, says) => {
    const larger = saturatedIn(
      2,
      rounds.map(() => 100),
    );
    const choice = chooseSlots([saturatedIn(1, rounds), larger]);
    const comparison = choice?.comparisons.at(-1);
    expect(comparison && describeComparison(comparison)).toBe(says);
  });
});

function slots(threads: number) {
  return { threads, concurrency: 1 };
}
