import type { NativeCall } from '../../../upstreams/upstream.ts'

/** Clients write the model first. */
const readBytes = 1024
const modelMember = /"model"\s*:\s*"([^"\\]{1,200})"/

const utf8 = new TextDecoder()

/**
 * The model of a request that is forwarded unread; empty if its beginning does not name one. May be wrong: use it only
 * to group requests.
 */
export const modelHint = (body: NativeCall['body']): string =>
  body instanceof Uint8Array ? (modelMember.exec(utf8.decode(body.subarray(0, readBytes)))?.[1] ?? '') : ''
