import { expect, test } from 'vitest';
import { Lane } from '../../../src/dispatch/lane.js';
import { sendTo, wake } from '../../../src/dispatch/sending.js';
import { Held } from '../../../src/wire/values.js';
import { BELL, Form, Kind } from '../../../src/wire/protocol.js';
import { thrownBy } from '../../helpers/outcomes.js';
import { jobOf } from './jobs.js';
import { ScriptedLink } from './scripted-link.js';

function setUp(cells = 32) {
  const link = new ScriptedLink(cells, () => 0);
  const lane = new Lane(link, []);
  /** Messages posted to the thread, without bells, and what was transferred with them. */
  const posts: Array<{ message: unknown; transfer: unknown; left: number }> = [];
  const post = link.post.bind(link);
  link.post = (message, transfer) => {
    if (message !== BELL) posts.push({ message, transfer, left: link.left });
    post(message, transfer);
  };
  return { link, lane, posts, bells: () => link.posted.filter((each) => each === BELL).length };
}

test('a small input crosses in the cell, with the job and its function', () => {
  const { link, lane, posts } = setUp();
  const job = jobOf(41, { input: 'small' });
  sendTo(lane, jobOf(40), 0, true);
  sendTo(lane, job, 6, true);
  expect(job).toMatchObject({ carrier: lane, cell: 1 });
  const { host } = link;
  expect([host.next(), host.next(), host.next()]).toEqual([0, 1, -1]);
  expect([host.ids[1], host.functions[1], host.forms[1]]).toEqual([41, 6, Held.encoded]);
  expect(host.inputs.read(1, Held.encoded)).toBe('small');
  expect(host.start(1, 0)).toBe(true);
  expect(posts).toEqual([]);
});

test('the thread is woken at once for the last job, if it is asleep', () => {
  const { link, lane, bells } = setUp();
  sendTo(lane, jobOf(1), 0, true);
  expect(bells()).toBe(1);
  expect(lane.unheard).toBe(0);
  sendTo(lane, jobOf(2), 0, true);
  expect(bells(), 'it is awake').toBe(1);
  expect(lane.unheard).toBe(0);
  link.start();
  link.start();
  link.sleep();
  sendTo(lane, jobOf(3), 0, true);
  expect(bells()).toBe(2);
});

test('of jobs sent back to back every sixteenth wakes the thread', () => {
  const { link, lane, bells } = setUp();
  for (let id = 1; id <= 15; id += 1) sendTo(lane, jobOf(id), 0, false);
  expect([bells(), lane.unheard]).toEqual([0, 15]);
  sendTo(lane, jobOf(16), 0, false);
  expect([bells(), lane.unheard]).toEqual([1, 0]);
  while (link.left > 0) link.start();
  link.sleep();
  sendTo(lane, jobOf(17), 0, false);
  expect([bells(), lane.unheard]).toEqual([1, 1]);
  wake(lane);
  expect([bells(), lane.unheard]).toEqual([2, 0]);
});

test('a large input is posted before its cell is submitted, and its message is the bell', () => {
  const { link, lane, posts, bells } = setUp();
  const input = { text: 'x'.repeat(20_000) };
  sendTo(lane, jobOf(1, { input }), 0, true);
  expect(posts).toEqual([
    { message: [Kind.input, 0, Form.plain, input], transfer: undefined, left: 0 },
  ]);
  expect(link.left).toBe(1);
  expect(link.host.forms[0]).toBe(Held.none);
  expect(bells()).toBe(0);
});

test('what is transferred goes with the message, however small it is', () => {
  const { lane, posts } = setUp();
  const memory = new ArrayBuffer(8);
  const transfer = [memory];
  sendTo(lane, jobOf(1, { input: memory, transfer }), 0, true);
  expect(posts).toMatchObject([{ message: [Kind.input, 0, Form.plain, memory] }]);
  expect(posts[0]?.transfer).toBe(transfer);
  expect(memory.byteLength).toBe(0);
});

test('a large one that is transferred goes itself, and no copy of it', () => {
  const { lane, posts } = setUp();
  const memory = new ArrayBuffer(20_000);
  sendTo(lane, jobOf(1, { input: memory, transfer: [memory] }), 0, true);
  expect((posts[0] as { message: unknown[] }).message[3]).toBe(memory);
  expect(memory.byteLength).toBe(0);
});

test('a large Buffer is copied, the copy handed over, and both are said to be a Buffer', () => {
  const { lane, posts } = setUp();
  const large = Buffer.alloc(20_000, 7);
  sendTo(lane, jobOf(1, { input: large }), 0, true);
  const [, , form, copy] = (posts[0] as { message: unknown }).message as [
    number,
    number,
    number,
    Buffer,
  ];
  expect(form).toBe(Form.buffer);
  expect(large.byteLength).toBe(20_000);
  expect(posts[0]?.transfer).toEqual([copy.buffer]);
  expect(copy.byteLength, 'it has gone').toBe(0);

  const transferred = Buffer.from(new ArrayBuffer(8));
  sendTo(lane, jobOf(2, { input: transferred, transfer: [transferred.buffer] }), 0, true);
  const message = posts[1]?.message as unknown[];
  expect(message.slice(0, 3)).toEqual([Kind.input, 1, Form.buffer]);
  expect(message[3]).toBe(transferred);
});

test('an input that cannot be cloned leaves no trace on the thread', () => {
  const { link, lane, bells } = setUp(1);
  const job = jobOf(1, { input: { call() {} } });
  expect(thrownBy(() => sendTo(lane, job, 0, true))).toMatchObject({ name: 'DataCloneError' });
  expect(job.carrier).toBeUndefined();
  expect([lane.occupied, lane.unheard, lane.isOpen, link.left]).toEqual([0, 0, true, 0]);
  expect(lane.jobs).toEqual([undefined]);
  expect(bells(), 'it was said to be awake, so it has to be').toBe(1);
  sendTo(lane, jobOf(2), 0, true);
  expect(link.start()).toEqual({ cell: 0, input: 2, startedMs: 0 });
});

test('a getter of the input may take its job back: the thread finds the cell without a claim', () => {
  const { link, lane } = setUp();
  const job = jobOf(1, {
    input: {
      get field() {
        return lane.takeBack(job);
      },
    },
  });
  sendTo(lane, job, 0, true);
  expect(link.host.forms[0]).toBe(Held.encoded);
  expect(link.left).toBe(1);
  expect(link.start()).toBeUndefined();
});

test('waking says that nothing is unheard, and rings only for one that is asleep', () => {
  const { link, lane, bells } = setUp();
  lane.unheard = 3;
  link.rings.rouse();
  wake(lane);
  expect([bells(), lane.unheard]).toEqual([0, 0]);
  link.host.sleep();
  wake(lane);
  expect([bells(), lane.unheard]).toEqual([1, 0]);
});
