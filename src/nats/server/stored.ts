/** Looks up stored messages. */
import {
  JetStreamApiCodes,
  type JetStreamManager,
  type MsgRequest,
  type StoredMsg,
} from '@nats-io/jetstream';
import { type JobHeaders, readAddress } from '../message/headers.js';
import { apiCode } from './faults.js';
import { type Names, subjects } from './names.js';

/**
 * The message that a request asks for, or null if there is none. Any replica may answer that it has one; that there is
 * none only the leader can say, as a replica may be behind.
 */
export async function storedMessage(
  manager: JetStreamManager,
  stream: string,
  request: MsgRequest,
): Promise<StoredMsg | null> {
  const found = await manager.direct.getMessage(stream, request);
  if (found !== null) return found;
  try {
    return await manager.streams.getMessage(stream, request);
  } catch (error) {
    if (apiCode(error) === JetStreamApiCodes.NoMessageFound) return null;
    throw error;
  }
}

/** The result that is stored under an id: of this submission, or of an earlier one with the same id. */
export function storedResult(
  manager: JetStreamManager,
  names: Names,
  submitter: string,
  id: string,
): Promise<StoredMsg | null> {
  const request = { last_by_subj: subjects.result(names, submitter, id) };
  return storedMessage(manager, names.results, request);
}

/** Whether the result of just this submission is stored. */
export async function isResultStored(
  manager: JetStreamManager,
  names: Names,
  { submitter, id, nonce }: Pick<JobHeaders, 'submitter' | 'id' | 'nonce'>,
): Promise<boolean> {
  const stored = await storedResult(manager, names, submitter, id);
  return stored !== null && readAddress(stored.header)?.nonce === nonce;
}
