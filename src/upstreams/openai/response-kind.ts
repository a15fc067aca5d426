/** The format of a response with status 200 (OU-T5): by its content type, otherwise by its first byte. */
type ResponseKind = 'json' | 'html' | 'sse'

/** The type of an event stream proves nothing: some servers send JSON with it, which no line of a stream begins like. */
const kindOfType = (contentType: string): ResponseKind | undefined =>
  /^\s*(?:application|text)\/(?:[\w.+-]*\+)?json/i.test(contentType) ? 'json' : undefined

const whiteSpace = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])

/** Undefined while only white space has arrived. */
const kindOfBytes = (bytes: Uint8Array): ResponseKind | undefined => {
  const first = bytes.find((byte) => !whiteSpace.has(byte))
  if (first === undefined) return undefined
  const letter = String.fromCharCode(first)
  if (letter === '{' || letter === '[') return 'json'
  return letter === '<' ? 'html' : 'sse'
}

/** Yields the chunks that were read, then the rest. */
const withFirst = (read: Uint8Array[], chunks: AsyncIterator<Uint8Array>): AsyncIterableIterator<Uint8Array> => ({
  next: () => {
    const value = read.shift()
    return value === undefined ? chunks.next() : Promise.resolve({ done: false, value })
  },
  return: async () => {
    await chunks.return?.()
    return { done: true, value: undefined }
  },
  [Symbol.asyncIterator]() {
    return this
  },
})

export interface KnownResponse {
  readonly kind: ResponseKind
  readonly chunks: AsyncIterableIterator<Uint8Array>
}

/** Reads until the kind is known. An empty body counts as `json`: the caller then reports that it is not. */
export const withKind = async (
  contentType: string,
  chunks: AsyncIterableIterator<Uint8Array>,
): Promise<KnownResponse> => {
  const known = kindOfType(contentType)
  if (known !== undefined) return { kind: known, chunks }
  const read: Uint8Array[] = []
  for (;;) {
    const { done, value } = await chunks.next()
    if (done === true) return { kind: 'json', chunks: withFirst(read, chunks) }
    read.push(value)
    const kind = kindOfBytes(value)
    if (kind !== undefined) return { kind, chunks: withFirst(read, chunks) }
  }
}
