const utf8 = new TextEncoder()

/** A server-sent event whose JSON is cut. */
export const damagedEvent = (frame: Uint8Array): Uint8Array => {
  const text = new TextDecoder().decode(frame).trimEnd()
  return utf8.encode(`${text.slice(0, text.length >> 1)}\n\n`)
}
