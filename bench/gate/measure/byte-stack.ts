/**
 * Bytes that are written one after the other, of which the last ones can be replaced by their SHA-256.
 *
 * Invariant: what is written can be told apart again, as texts are preceded by their length and the rest
 * has a fixed size; the bytes depend on the content alone, not on how V8 keeps a text or a number.
 */
import { createHash } from 'node:crypto';

const FIRST_CAPACITY = 4096;

/** A growing stack of bytes. */
export class ByteStack {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  pushByte(value: number): void {
    this.#reserve(1);
    this.#length = this.#bytes.writeUInt8(value, this.#length);
  }

  /** All NaNs are one; -0 and 0 are two. */
  pushNumber(value: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(Number.isNaN(value) ? NaN : value, this.#length);
  }

  /** By its UTF-16 code units, so that lone surrogates are kept. */
  pushText(text: string): void {
    this.pushNumber(text.length);
    this.#reserve(2 * text.length);
    this.#length += this.#bytes.write(text, this.#length, 'utf16le');
  }

  /** A digest as `take` gives it. */
  pushDigest(digest: string): void {
    this.#reserve(digest.length);
    this.#length += this.#bytes.write(digest, this.#length, 'latin1');
  }

  /** Takes off all bytes from `start` on; their SHA-256, one character for each of its 32 bytes. */
  take(start: number): string {
    const digest = digestOf(this.#bytes.subarray(start, this.#length));
    this.#length = start;
    return digest;
  }

  #reserve(count: number): void {
    const least = this.#length + count;
    if (least <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(least, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** The SHA-256 of bytes, one character for each of its 32 bytes. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('binary');
}
