/**
 * Encodes inputs and outcomes as the bytes of messages, and decodes them.
 *
 * The default is `node:v8`: the types of structured clone without shared memory, ports and Blobs. JSON is for nodes
 * that are not Node.js.
 *
 * Invariants: a decoded value shares no memory with its message, which may be a part of a larger buffer; encoding an
 * error never throws.
 */
import { deserialize, serialize } from 'node:v8';
import { decodeThrown, serializeThrown, type EncodedError } from '../../wire/thrown.js';
import { NotCloneableError } from '../../api/errors.js';

/** The format of a job's input and result. */
export type Encoding = 'v8' | 'json';

/** How a job has ended on its node. */
export type Outcome =
  | { readonly kind: 'fulfilled'; readonly value: unknown }
  /** It has thrown. */
  | { readonly kind: 'threw'; readonly error: unknown }
  /** The node's pool, or the node, says no: an error of this library, by its fields. */
  | { readonly kind: 'refused'; readonly fields: RefusedFields };

/** The own fields of an error of this library, `code` and `message` among them. */
export type RefusedFields = Readonly<Record<string, unknown>> & {
  readonly code: string;
  readonly message: string;
};

/** An outcome, and the last value that the job has reported; a submitter may have heard it before. */
export interface Envelope {
  readonly outcome: Outcome;
  readonly progress?: Progress | undefined;
}

/** The n-th value that a job has reported, from 1. */
export interface Progress {
  readonly n: number;
  readonly value: unknown;
}

/** @throws NotCloneableError */
export function encodeInput(name: string, value: unknown, encoding: Encoding): Uint8Array {
  try {
    return encode(value, encoding);
  } catch (error) {
    throw new NotCloneableError(name, 'input', error);
  }
}

/** @throws What `v8.deserialize` or `JSON.parse` throws: a value of a newer Node, for example. */
export function decode(bytes: Uint8Array, encoding: Encoding): unknown {
  if (encoding === 'json') {
    return bytes.byteLength === 0 ? undefined : JSON.parse(Buffer.from(bytes).toString());
  }
  return deserialize(bytes.slice());
}

/** @throws What `v8.serialize` or `JSON.stringify` throws. */
export function encode(value: unknown, encoding: Encoding): Uint8Array {
  if (encoding === 'v8') return serialize(value);
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined && value !== undefined) {
    throw new TypeError(`JSON has no text for a value of type ${typeof value}.`);
  }
  return Buffer.from(text ?? '');
}

/** @throws NotCloneableError where a result can't be written. */
export function encodeEnvelope(
  name: string,
  { outcome, progress }: Envelope,
  encoding: Encoding,
): Uint8Array {
  const written =
    outcome.kind === 'threw'
      ? { ...outcome, error: encodeError(outcome.error, encoding) }
      : outcome;
  try {
    return encode({ outcome: written, ...(progress && { progress }) }, encoding);
  } catch (error) {
    throw new NotCloneableError(name, 'result', error);
  }
}

/** @throws What `decode` throws. */
export function decodeEnvelope(bytes: Uint8Array, encoding: Encoding): Envelope {
  const { outcome, progress } = decode(bytes, encoding) as Envelope;
  if (!isOutcome(outcome)) throw new TypeError(`A node answered ${JSON.stringify(outcome)}.`);
  if (outcome.kind !== 'threw') return { outcome, progress };
  return { outcome: { kind: 'threw', error: decodeError(outcome.error, encoding) }, progress };
}

/** Nodes that are not Node.js write their outcomes themselves. */
function isOutcome(outcome: Partial<Outcome> | undefined): outcome is Outcome {
  if (outcome?.kind === 'refused') return typeof outcome.fields?.code === 'string';
  return outcome?.kind === 'fulfilled' || outcome?.kind === 'threw';
}

function encodeError(error: unknown, encoding: Encoding): unknown {
  if (encoding === 'v8') return serializeThrown(error);
  if (!(error instanceof Error)) return { value: error };
  const { name, message, stack } = error;
  const { code } = error as { code?: unknown };
  return { name, message, stack, ...(typeof code === 'string' && { code }) };
}

function decodeError(written: unknown, encoding: Encoding): unknown {
  if (encoding === 'v8') return decodeThrown(deserialize(written as Uint8Array) as EncodedError);
  const { value, ...fields } = written as { value?: unknown; message?: string };
  if (fields.message === undefined) return value;
  return Object.assign(new Error(fields.message), fields);
}
