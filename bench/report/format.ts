/**
 * Formats values for people.
 *
 * Invariants: a text includes its unit, unless its function says otherwise; it has no more digits than a measurement
 * justifies, and is short enough for a column of a table.
 */

import type { Unit } from './document.js';

const MB = 1024 ** 2;

/** 17820 as '17,820', a million or more as '1.23 M'. */
export function formatCount(count: number): string {
  if (count >= 999_999.5) return `${(count / 1e6).toFixed(count < 99.995e6 ? 2 : 1)} M`;
  return Math.round(count).toLocaleString('en-US');
}

/** Bytes as '131 MB' (of 1024 × 1024 bytes) or '2.1 GB'. */
export function formatMegabytes(bytes: number): string {
  if (bytes >= 1000 * MB) return `${(bytes / MB / 1024).toFixed(1)} GB`;
  return `${Math.round(bytes / MB)} MB`;
}

/** Bytes as '512 B' or '64 KB', 10,000 KB or more as in `formatMegabytes`. */
export function formatBytes(bytes: number): string {
  if (bytes < 10_000) return `${formatCount(bytes)} B`;
  return bytes < 10_000 * 1024 ? `${formatCount(bytes / 1024)} KB` : formatMegabytes(bytes);
}

/** Milliseconds as '12.3 µs', '0.84 ms', '12.3 ms', '312 ms' or '2.51 s'. */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < 0.0995) return `${formatFigure(ms * 1000)} µs`;
  if (ms < 9.995) return `${ms.toFixed(2)} ms`;
  if (ms < 99.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
}

/** Seconds as '0.43 s', '9.2 s' or '20 s'. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.995) return `${seconds.toFixed(2)} s`;
  return `${seconds < 99.95 ? trimZero(seconds.toFixed(1)) : seconds.toFixed(0)} s`;
}

/** 0.987 as '98.7 %'; a change as '+1.2 %'. */
export function formatPercent(
  share: number,
  { isSigned = false }: { readonly isSigned?: boolean } = {},
): string {
  const text = (share * 100).toFixed(1);
  return `${isSigned && share >= 0 ? '+' : ''}${text} %`;
}

/** A change as '+1.2 %', '-0.4 %', '0.0 %' or '+340 %': large ones deserve no decimals. */
export function formatChange(share: number): string {
  const percent = share * 100;
  const text = Math.abs(percent).toFixed(Math.abs(percent) < 99.95 ? 1 : 0);
  const sign = Number(text) === 0 ? '' : percent < 0 ? '-' : '+';
  return `${sign}${Number(text) < 1000 ? text : formatCount(Number(text))} %`;
}

/** The ends of an interval of changes, in percent without the sign: '+10.1 to +13.2'. */
export function formatChanges(low: number, high: number): string {
  return `${formatChange(low)} to ${formatChange(high)}`.replaceAll(' %', '');
}

/** A number without a unit, in five columns: '0.048', '1.20', '15.1', '304', '1,234', '12.3k', '123k'. */
export function formatFigure(value: number): string {
  if (value >= 99_950) return `${Math.round(value / 1000).toLocaleString('en-US')}k`;
  if (value >= 9999.5) return `${(value / 1000).toFixed(1)}k`;
  if (value >= 999.5) return Math.round(value).toLocaleString('en-US');
  if (value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1);
  if (value >= 0.9995 || value === 0) return value.toFixed(2);
  return value.toFixed(3);
}

/** A rate per second, without the unit: '400', '1,234', low ones as '0.033' or '12.5'. */
export function formatRate(perSecond: number): string {
  return perSecond < 99.5 ? formatFigure(perSecond) : formatCount(perSecond);
}

/** 'a', 'a and b', 'a, b and c'. */
export function formatList(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Joins numbers and their units by no-break spaces. */
export function keepTogether(words: string): string {
  return words.replaceAll(/(?<=\d) (?=(?:%|µs|ms|s|KB|MB|GB|M|×)(?![\w]))/g, '\u00A0');
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}

/** A value in its unit. */
export function formatUnit(value: number, unit: Unit): string {
  switch (unit) {
    case 'bytes':
      return formatMegabytes(value);
    case 'milliseconds':
      return formatDuration(value);
    case 'seconds':
      return formatSeconds(value);
    case 'percent':
      return formatPercent(value);
    case 'perSecond':
      return `${formatRate(value)}/s`;
    case 'count':
      return formatCount(value);
    case 'ratio':
      return formatFigure(value);
  }
}
