/** Makes results of a soak for tests. */
import {
  memoryTrends,
  type SoakResult,
  warmUpOf,
} from '../../../../bench/scenarios/soak/result.js';
import { soakSettings } from '../../../../bench/scenarios/soak/settings.js';
import type { SoakWindow } from '../../../../bench/scenarios/soak/window.js';

const MB = 1024 ** 2;

/** `count` windows of ten seconds, with the RSS of each in MB; `special` changes fields of a window. */
export function windowsOf(
  count: number,
  rssMb: (window: number) => number,
  special: (window: number) => Partial<SoakWindow> = () => ({}),
): SoakWindow[] {
  return Array.from({ length: count }, (_, at) => ({
    fromSeconds: at * 10,
    toSeconds: (at + 1) * 10,
    memory: { rss: rssMb(at) * MB, heapUsed: 10 * MB, external: 2 * MB },
    completed: 50_000,
    refused: 0,
    failed: 0,
    latency: { count: 50_000, p50: 0.5, p95: 1, p99: 2, p999: 5, max: 9 },
    loopDelay: { p99: 0.4, max: 3 },
    ...special(at),
  }));
}

/** The result of a run with default settings and these windows. */
export function soakResult(
  windows: readonly SoakWindow[],
  more: Partial<SoakResult> = {},
): SoakResult {
  const settings = soakSettings(new Map());
  const warmUpSeconds = warmUpOf(settings.minutes);
  return {
    scenario: 'soak',
    startedAt: '2025-01-01T00:00:00.000Z',
    isInterrupted: false,
    settings,
    saturation: 6250,
    ratePerSecond: 5000,
    warmUpSeconds,
    windows,
    ...memoryTrends(windows, warmUpSeconds),
    failures: [],
    ...more,
  };
}
