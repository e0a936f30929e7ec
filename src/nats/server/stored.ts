/** Looks up stored messages. */
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  type MsgRequest,
  type StoredMsg,
} from '@nats-io/jetstream';

/**
 * The message that a request asks for, or null if there is none. Any replica may answer that it has one; that there is none
 * only the leader can say, as a replica may be behind.
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
    const { NoMessageFound } = JetStreamApiCodes;
    if (error instanceof JetStreamApiError && error.code === NoMessageFound) return null;
    throw error;
  }
}
