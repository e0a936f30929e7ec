/**
 * Receives results over their stream, and news (started, progress), which is not stored.
 *
 * Invariant: a result that was stored during a disconnection is read afterwards. Duplicates and results of other
 * submissions with the same id arrive here, too; the pool ignores them by their nonce.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { decode, decodeEnvelope, type Envelope, type Progress } from '../message/codec.js';
import { readAddress } from '../message/headers.js';
import { type Names, subjects } from '../server/names.js';
import { storedResult } from '../server/stored.js';

/** Receives the messages of nodes about jobs. */
export interface InboxEvents {
  result(id: string, nonce: string, envelope: Envelope): void;
  /** A result that can't be read here: written by a newer Node, for example. */
  unreadable(id: string, nonce: string, error: unknown): void;
  started(id: string, nonce: string): void;
  progress(id: string, nonce: string, progress: Progress): void;
}

/** How soon it is seen that nothing comes any more, and asked for anew: after two signs of life that were missed. */
const ALIVE = { expires: 5000, idle_heartbeat: 1000 } as const;

const AGAIN_MS = 1000;

export class Inbox {
  readonly #names: Names;
  readonly #submitter: string;
  readonly #events: InboxEvents;
  readonly #news: Subscription;
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  #results: ConsumerMessages | undefined;
  #isClosed = false;

  private constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    names: Names,
    submitter: string,
    events: InboxEvents,
  ) {
    this.#connection = connection;
    this.#manager = manager;
    this.#names = names;
    this.#submitter = submitter;
    this.#events = events;
    this.#news = connection.subscribe(subjects.news(names, submitter), {
      callback: (error, message) => {
        if (error === null) hearNews(message, events);
      },
    });
  }

  /** Listens from now on. */
  static async open(
    connection: NatsConnection,
    manager: JetStreamManager,
    names: Names,
    submitter: string,
    events: InboxEvents,
  ): Promise<Inbox> {
    const inbox = new Inbox(connection, manager, names, submitter, events);
    await inbox.#consume();
    return inbox;
  }

  async #consume(): Promise<void> {
    const consumer = await this.#manager.jetstream().consumers.get(this.#names.results, {
      filter_subjects: subjects.resultsOf(this.#names, this.#submitter),
    });
    this.#results = await consumer.consume({
      ...ALIVE,
      callback: (message) => hearResult(message, this.#events),
    });
    // It was closed meanwhile.
    if (this.#isClosed) return void (await this.#results.close());
    void this.#consumeAgain(this.#results);
  }

  /** The client gives a consumer up if the server has deleted it, for example. The results so far are read again. */
  async #consumeAgain(results: ConsumerMessages): Promise<void> {
    await results.closed();
    while (!this.#isClosed && !this.#connection.isClosed()) {
      try {
        return await this.#consume();
      } catch {
        await pause(AGAIN_MS);
      }
    }
  }

  /** Reads the result of one job, if it is stored. @returns Whether it is. */
  async read(id: string): Promise<boolean> {
    const stored = await storedResult(this.#manager, this.#names, this.#submitter, id);
    if (stored === null) return false;
    hearResult({ headers: stored.header, data: stored.data }, this.#events);
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#news.unsubscribe();
    await this.#results?.close();
  }
}

function hearResult({ headers, data }: Pick<JsMsg, 'headers' | 'data'>, events: InboxEvents): void {
  const address = readAddress(headers);
  if (address === undefined) return;
  const { id, nonce, encoding } = address;
  let envelope: Envelope;
  try {
    envelope = decodeEnvelope(data, encoding);
  } catch (error) {
    return events.unreadable(id, nonce, error);
  }
  events.result(id, nonce, envelope);
}

function hearNews({ headers, data }: Msg, events: InboxEvents): void {
  const address = readAddress(headers);
  if (address === undefined) return;
  const { id, nonce, encoding, news } = address;
  if (news === 'started') return events.started(id, nonce);
  let progress: Progress;
  try {
    progress = decode(data, encoding) as Progress;
  } catch {
    // The last one comes with the result, which tells.
    return;
  }
  events.progress(id, nonce, progress);
}
