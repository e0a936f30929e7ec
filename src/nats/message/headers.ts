/**
 * Writes and reads the headers of a job's message, and of what a node says to its submitter.
 *
 * Invariants: headers of others that are malformed read as undefined, and never throw; times are durations from the
 * server's timestamp of the message, so a submitter's clock does not matter.
 */
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { Encoding } from './codec.js';

/** The description of a job for its node. */
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

/** Identifies the job that a node's message is about. */
export interface Address extends Pick<JobHeaders, 'id' | 'nonce' | 'encoding'> {
  /** The kind of message; undefined for a result. */
  readonly news?: 'started' | 'progress' | undefined;
}

const NEWS = 'Millrace-News';

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
  return unlessMalformed(written, readJob);
}

export function writeAddress({ id, nonce, encoding, news }: Address): MsgHdrs {
  const written = headers();
  written.set(NAMES.id, encodeURIComponent(id));
  written.set(NAMES.nonce, nonce);
  written.set(NAMES.encoding, encoding);
  if (news !== undefined) written.set(NEWS, news);
  return written;
}

/** Undefined if it is none of ours. */
export function readAddress(written: MsgHdrs | undefined): Address | undefined {
  return unlessMalformed(written, (each) => {
    const [id, nonce] = [each.get(NAMES.id), each.get(NAMES.nonce)];
    if (id === '' || nonce === '') return undefined;
    const news = each.get(NEWS);
    return {
      id: decodeURIComponent(id),
      nonce,
      encoding: encodingOf(each.get(NAMES.encoding)),
      ...(news !== '' && { news: news === 'started' ? 'started' : 'progress' }),
    };
  });
}

function encodingOf(text: string | undefined): Encoding {
  return text === 'json' ? 'json' : 'v8';
}

/** Reads headers; undefined if a text in them is not percent-encoded. */
function unlessMalformed<Read>(
  written: MsgHdrs | undefined,
  read: (written: MsgHdrs) => Read | undefined,
): Read | undefined {
  try {
    return written && read(written);
  } catch {
    return undefined;
  }
}

function readJob(written: MsgHdrs): JobHeaders | undefined {
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
    encoding: encodingOf(text('encoding')),
    startWithinMs: ms('startWithinMs'),
    runMs: ms('runMs'),
    graceMs: ms('graceMs'),
    isHeard: text('isHeard') === 'true',
  };
}
