/**
 * The text of a small file: UTF-8 or UTF-16 by its byte order mark, UTF-16 without one by its zeros, else UTF-8, and GBK
 * where it is no UTF-8 and what is not ASCII comes in pairs of bytes, as Chinese does.
 *
 * @returns null where it is none of these.
 */
export function decodeText(bytes: Uint8Array): string | null {
  for (const encoding of candidates(bytes)) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (!text.includes('\0')) return text;
    } catch {
      // The next one may fit.
    }
  }
  return null;
}

function candidates(bytes: Uint8Array): string[] {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return ['utf-16le'];
  if (first === 0xfe && second === 0xff) return ['utf-16be'];
  const zeros = [0, 0];
  bytes.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]! += 1;
  });
  const [even = 0, odd = 0] = zeros;
  if (even + odd > 0) return odd > even ? ['utf-16le'] : ['utf-16be'];
  return ['utf-8', ...(isInPairs(bytes) ? ['gbk'] : [])];
}

/** Whether every run of bytes beyond ASCII has an even length: letters of Western alphabets stand alone. */
function isInPairs(bytes: Uint8Array): boolean {
  let run = 0;
  for (const byte of bytes) {
    if (byte >= 0x80) run += 1;
    else if (run % 2 === 1) return false;
    else run = 0;
  }
  return run % 2 === 0;
}
