/** Tests the turns of maps on a remote pool, with scripted feeders. */
import { expect, test } from 'vitest';
import { Feeding } from '../../../../src/nats/submit/feeding.js';
import type { Feeder } from '../../../../src/schedule/turns.js';
import { macrotask } from '../../../helpers/outcomes.js';

function setUp(slack: number) {
  const taken: string[] = [];
  const closed: string[] = [];
  let left = slack;
  const feeding = new Feeding(
    {
      hasSlack: () => left > 0,
      submitted: () => 7,
      submit: () => {
        throw new Error('not here');
      },
    },
    100,
    1000,
  );
  const feeder = (name: string, turns = 1): Feeder => {
    const self: Feeder = {
      list: undefined,
      previous: undefined,
      next: undefined,
      idleSince: 0,
      keptBytes: undefined,
      takeTurn: () => {
        taken.push(name);
        left -= 1;
        if (taken.filter((each) => each === name).length < turns) feeding.turns.want(self);
      },
      onClosed: () => void closed.push(name),
    };
    return self;
  };
  const giveSlack = (count: number): void => {
    left = count;
    feeding.onSlack();
  };
  return { feeding, feeder, taken, closed, giveSlack };
}

test('turns are given while there is slack, in their order, and later', async () => {
  const { feeding, feeder, taken, giveSlack } = setUp(2);
  for (const name of ['a', 'b', 'c']) feeding.turns.want(feeder(name, 2));
  expect(taken).toEqual([]);
  await macrotask();
  expect(taken).toEqual(['a', 'b']);
  giveSlack(10);
  await macrotask();
  expect(taken).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
});

test('one that leaves gets no turn', async () => {
  const { feeding, feeder, taken } = setUp(5);
  const gone = feeder('gone');
  feeding.turns.want(gone);
  feeding.turns.want(feeder('here'));
  feeding.turns.leave(gone);
  await macrotask();
  expect(taken).toEqual(['here']);
});

test('closing ends those that want a turn and those that pull, and whoever comes later', () => {
  const { feeding, feeder, closed } = setUp(0);
  feeding.turns.want(feeder('wants'));
  feeding.turns.startPull(feeder('pulls'));
  feeding.close(() => new Error('closed'));
  feeding.turns.want(feeder('late'));
  expect(closed).toEqual(['wants', 'pulls', 'late']);
});
