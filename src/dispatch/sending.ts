/**
 * Sends one job to one thread: into a cell, if its input is small, else in a message beside the cell.
 *
 * Invariants: an input is posted before its cell is submitted; a job whose input cannot be cloned leaves no
 * trace on the thread.
 */
import { Held } from '../wire/values.js';
import type { JobRecord } from '../job/job.js';
import { copyToHandOver, isBuffer } from '../wire/payload.js';
import { BELL, Form, Kind } from '../wire/protocol.js';
import type { Lane } from './lane.js';

/** Jobs sent back to back before the thread is woken. */
const MAX_SENDS_PER_WAKE = 16;

/**
 * Puts a job into a cell of the thread and submits it; what its input transfers is detached then.
 *
 * @param index - How the thread counts the job's function.
 * @param isLast - Whether to wake the thread now; if not, `wake` follows.
 * @throws What structured clone throws; nothing was detached then, and the job is on no thread.
 */
export function sendTo(lane: Lane, job: JobRecord, index: number, isLast: boolean): void {
  const cell = lane.occupy(job);
  const { rings } = lane;
  // Offered before its input is cloned: that may run getters, which may cancel the job.
  rings.offer(cell);
  if (job.terms !== undefined) {
    if (job.terms.onProgress !== undefined) lane.hear(cell);
    if (job.terms.attempt !== undefined) lane.repeat(cell, job.terms.attempt);
  }
  try {
    // Here and not in a function of its own: each call costs a job that comes alone (docs/design.md).
    const form = job.transfer === undefined ? rings.inputs.write(cell, job.input) : Held.none;
    if (form === Held.none) postInput(lane, cell, job);
    rings.forms[cell] = form;
  } catch (error) {
    lane.release(cell);
    job.carrier = undefined;
    throw error;
  }
  rings.functions[cell] = index;
  rings.ids[cell] = job.id;
  rings.submit(cell);
  lane.unheard += 1;
  if (isLast || lane.unheard === MAX_SENDS_PER_WAKE) wake(lane);
}

/** Wakes a thread if it is asleep. */
export function wake(lane: Lane): void {
  lane.unheard = 0;
  if (lane.rings.rouse()) lane.link.post(BELL);
}

/** Posts an input that does not fit into its cell, or takes memory along. */
function postInput({ rings, link }: Lane, cell: number, { input, transfer }: JobRecord): void {
  // The message wakes the thread, too.
  rings.rouse();
  try {
    const form = isBuffer(input) ? Form.buffer : Form.plain;
    const value = rings.inputs.toPost(input);
    const copy = transfer === undefined ? copyToHandOver(value) : undefined;
    link.post([Kind.input, cell, form, copy?.value ?? value], copy?.transfer ?? transfer);
  } catch (error) {
    link.post(BELL);
    throw error;
  }
}
