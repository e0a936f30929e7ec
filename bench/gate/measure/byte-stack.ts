/**
 * Keeps bytes in a stack, of which the last ones can be replaced by their SHA-256.
 *
 * Invariant: the encoding is unambiguous, as a text is preceded by its length and everything else has a fixed size; the
 * bytes depend on the content alone, not on how V8 represents a text or number.
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

  /** All NaNs are the same; -0 and 0 differ. */
  pushNumber(value: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(Number.isNaN(value) ? NaN : value, this.#length);
  }

  /** Written as UTF-16 code units, so that lone surrogates are kept. */
  pushText(text: string): void {
    this.pushNumber(text.length);
    this.#reserve(2 * text.length);
    this.#length += this.#bytes.write(text, this.#length, 'utf16le');
  }

  /** A digest as `take` returns it. */
  pushDigest(digest: string): void {
    this.#reserve(digest.length);
    this.#length += this.#bytes.write(digest, this.#length, 'latin1');
  }

  /** Removes all bytes from `start` on and returns their SHA-256, one character for each of its 32 bytes. */
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
