import { expect, test } from 'vitest';
import { namesOf } from '../../../../src/nats/server/names.js';
import { Cancellations } from '../../../../src/nats/submit/cancellations.js';

function setUp({ isClosed = false, isDraining = false } = {}) {
  const published: string[] = [];
  const connection = {
    isClosed: () => isClosed,
    isDraining: () => isDraining,
    publish: (subject: string, text?: unknown) =>
      void published.push(`${subject}: ${String(text)}`),
  };
  return { cancellations: new Cancellations(connection, namesOf('it')), published };
}

test('a cancellation is told at once, and again whenever its job starts', () => {
  const { cancellations, published } = setUp();
  cancellations.cancel('n1', 'TimeoutError');
  cancellations.onStarted('n1');
  cancellations.onStarted('n1');
  const text = 'millrace.it.cancel: TimeoutError n1';
  expect(published).toEqual([text, text, text]);
});

test('a job that was not cancelled, or whose outcome has come, is left alone', () => {
  const { cancellations, published } = setUp();
  cancellations.onStarted('n1');
  cancellations.cancel('n2', 'AbortError');
  cancellations.forget('n2');
  cancellations.onStarted('n2');
  expect(published).toEqual(['millrace.it.cancel: AbortError n2']);
});

test('the newest are remembered', () => {
  const { cancellations, published } = setUp();
  for (let n = 0; n <= 10_000; n += 1) cancellations.cancel(`n${n}`, 'AbortError');
  published.splice(0);
  for (const nonce of ['n0', 'n1', 'n10000']) cancellations.onStarted(nonce);
  expect(published).toEqual(
    ['n1', 'n10000'].map((nonce) => `millrace.it.cancel: AbortError ${nonce}`),
  );
});

test.each([{ isClosed: true }, { isDraining: true }])('%o: nothing is published', (state) => {
  const { cancellations, published } = setUp(state);
  cancellations.cancel('n1', 'AbortError');
  expect(published).toEqual([]);
});
