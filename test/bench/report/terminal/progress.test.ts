import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { plain } from '../../../../bench/report/terminal/paint.js';
import { Progress } from '../../../../bench/report/terminal/progress.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function screenOf(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

const CLEAR = '\r\u001B[2K';

test('on a terminal one line lives, and gives way to lines that stay', () => {
  const screen = screenOf(true);
  const progress = new Progress(screen, plain);
  progress.begin('millrace', 20, 30);
  vi.advanceTimersByTime(10_000);
  progress.update('131 MB');
  vi.advanceTimersByTime(200);
  expect(screen.written.at(-1)).toBe(`${CLEAR}millrace  ████████░░░░░░░░  131 MB  40 s left`);
  progress.end(['millrace  survived']);
  expect(screen.written.slice(-2)).toEqual([CLEAR, 'millrace  survived\n']);
  const count = screen.written.length;
  vi.advanceTimersByTime(5000);
  expect(screen.written.length).toBe(count);
});

test('a phase that takes longer than planned stays at its end', () => {
  const screen = screenOf(true);
  const progress = new Progress(screen, plain);
  progress.begin('capacity', 2, 7);
  vi.advanceTimersByTime(60_000);
  expect(screen.written.at(-1)).toBe(`${CLEAR}capacity  ${'█'.repeat(16)}  7 s left`);
});

test('the living line is never wider than the terminal', () => {
  const screen = screenOf(true, 30);
  const progress = new Progress(screen, plain);
  progress.begin('thread-per-request', 20, 30);
  progress.update('a long detail');
  vi.advanceTimersByTime(200);
  expect(screen.written.at(-1)?.replace(CLEAR, '').length).toBe(29);
});

test('elsewhere there are whole lines only', () => {
  const screen = screenOf(false);
  const progress = new Progress(screen, plain);
  progress.begin('millrace', 20, 30);
  progress.update('131 MB');
  vi.advanceTimersByTime(10_000);
  progress.end(['millrace  survived', 'and more']);
  progress.stop();
  expect(screen.written).toEqual([
    'millrace: up to 20 s …\n',
    'millrace  survived\n',
    'and more\n',
  ]);
});

test('stopping takes the living line away and leaves no timer', () => {
  const screen = screenOf(true);
  const progress = new Progress(screen, plain);
  progress.begin('millrace', 20, 30);
  progress.stop();
  expect(screen.written.at(-1)).toBe(CLEAR);
  expect(vi.getTimerCount()).toBe(0);
});
