/** Reads a short response; returns '' for a longer one, because it comes from another service. */
export const readCapped = async (response: Response, longestBytes: number): Promise<string> => {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.byteLength
    if (bytes > longestBytes) return ''
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
