/**
 * Integers of up to 53 bits, 7 bits a byte, low bits first. Arithmetic instead of bit operators above 31 bits, since those truncate.
 * A signed integer keeps its sign in bit 6 of the first byte (zigzag would need a 54th bit).
 */
export class VarintWriter {
  private bytes = new Uint8Array(256);
  length = 0;

  /** Room for one more integer. */
  private reserve(): void {
    if (this.length + 16 <= this.bytes.length) return;
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }

  byte(value: number): void {
    this.reserve();
    this.bytes[this.length++] = value;
  }

  unsigned(value: number): void {
    this.reserve();
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  signed(value: number): void {
    this.reserve();
    const magnitude = Math.abs(value);
    const first = (magnitude % 64) | (value < 0 ? 64 : 0);
    if (magnitude < 64) {
      this.bytes[this.length++] = first;
      return;
    }
    this.bytes[this.length++] = first | 128;
    this.unsigned(Math.floor(magnitude / 64));
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

/** Reads what VarintWriter wrote; past the end it throws, so that a cut state is never taken for a smaller one. */
export class VarintReader {
  private bytes: Uint8Array = new Uint8Array(0);
  offset = 0;

  open(bytes: Uint8Array, offset: number): void {
    this.bytes = bytes;
    this.offset = offset;
  }

  private next(): number {
    const byte = this.bytes[this.offset++];
    if (byte === undefined)
      throw new StateFormatError('an online state ends early; rebuild it with `churn features materialize`');
    return byte;
  }

  unsigned(): number {
    const first = this.next();
    return first < 128 ? first : (first & 127) + this.rest(128);
  }

  signed(): number {
    const first = this.next();
    const low = first & 63;
    const magnitude = first < 128 ? low : low + this.rest(64);
    return (first & 64) === 0 ? magnitude : -magnitude;
  }

  private rest(scale: number): number {
    let value = 0;
    let factor = scale;
    for (;;) {
      const byte = this.next();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }

  get atEnd(): boolean {
    return this.offset === this.bytes.length;
  }
}

/** Bytes that are not a state of the view that reads them. */
export class StateFormatError extends Error {
  override name = 'StateFormatError';
}
