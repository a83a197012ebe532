// The server's spans are bytes of UTF-8, a browser's strings are UTF-16.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const encode = (text) => encoder.encode(text);
export const decode = (bytes) => decoder.decode(bytes);

// Moves `at` back to where a character begins.
export function boundary(bytes, at) {
  let place = Math.max(0, Math.min(at, bytes.length));
  while (place > 0 && place < bytes.length && (bytes[place] & 0xC0) === 0x80) --place;
  return place;
}

// Text as pieces [{text, marked}], cut at spans [[begin, end], ...] of bytes, in order and apart.
export function pieces(text, spans) {
  const bytes = encode(text);
  const result = [];
  let at = 0;
  for (const [begin, end] of spans) {
    if (begin < at || end > bytes.length || begin >= end) continue;
    if (begin > at) result.push({ text: decode(bytes.subarray(at, begin)), marked: false });
    result.push({ text: decode(bytes.subarray(begin, end)), marked: true });
    at = end;
  }
  if (at < bytes.length) result.push({ text: decode(bytes.subarray(at)), marked: false });
  return result;
}

// The place in the string of each place in the bytes, for the places given.
export function stringOffsets(text, places) {
  const bytes = encode(text);
  return places.map((place) => decode(bytes.subarray(0, boundary(bytes, place))).length);
}
