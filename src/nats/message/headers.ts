/**
 * Writes and reads the headers of a job's message.
 *
 * Invariant: times are durations from the server's timestamp of the message, so a submitter's clock does not matter.
 */
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { Encoding } from './codec.js';

/** What a node has to know of a job. */
export interface JobHeaders {
  readonly id: string;
  /** Tells this submission from another one with the same id. */
  readonly nonce: string;
  readonly name: string;
  /** Whom the result goes to. */
  readonly submitter: string;
  readonly encoding: Encoding;
  /** Milliseconds after which it is not to be started. */
  readonly startWithinMs: number | undefined;
  readonly runMs: number | undefined;
  readonly graceMs: number | undefined;
  /** Whether its progress is listened to. */
  readonly isHeard: boolean;
}

const NAMES = {
  id: 'Millrace-Id',
  nonce: 'Millrace-Nonce',
  name: 'Millrace-Job',
  submitter: 'Millrace-Submitter',
  encoding: 'Millrace-Encoding',
  startWithinMs: 'Millrace-Start-Within',
  runMs: 'Millrace-Run',
  graceMs: 'Millrace-Grace',
  isHeard: 'Millrace-Heard',
} as const;

/** The headers of a message to a submitter. */
export const HEADER = {
  id: 'Millrace-Id',
  nonce: 'Millrace-Nonce',
  encoding: 'Millrace-Encoding',
  /** What it is, where it is no result. */
  news: 'Millrace-News',
} as const;

export function writeHeaders(job: JobHeaders): MsgHdrs {
  const written = headers();
  for (const [field, header] of Object.entries(NAMES)) {
    const value = job[field as keyof JobHeaders];
    if (value === undefined || value === false) continue;
    // A name may be any text, and a header is one line.
    written.set(header, encodeURIComponent(String(value)));
  }
  return written;
}

/** Undefined if it is no job of ours: anybody may publish there. */
export function readHeaders(written: MsgHdrs | undefined): JobHeaders | undefined {
  try {
    return written === undefined ? undefined : read(written);
  } catch {
    // Some text is not encoded.
    return undefined;
  }
}

function read(written: MsgHdrs): JobHeaders | undefined {
  const text = (field: keyof typeof NAMES): string | undefined => {
    const value = written.get(NAMES[field]);
    return value === '' ? undefined : decodeURIComponent(value);
  };
  const ms = (field: keyof typeof NAMES): number | undefined => {
    const value = Number(text(field));
    return Number.isFinite(value) ? value : undefined;
  };
  const [id, name, submitter] = [text('id'), text('name'), text('submitter')];
  if (id === undefined || name === undefined || submitter === undefined) return undefined;
  return {
    id,
    nonce: text('nonce') ?? '',
    name,
    submitter,
    encoding: text('encoding') === 'json' ? 'json' : 'v8',
    startWithinMs: ms('startWithinMs'),
    runMs: ms('runMs'),
    graceMs: ms('graceMs'),
    isHeard: text('isHeard') === 'true',
  };
}
