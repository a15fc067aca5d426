import { createHash } from 'node:crypto'
import { parsed } from '../support/client-formats/format.ts'
import type { Random } from '../support/random.ts'
import { bodySubject } from './bodies.ts'
import type { ValidRequest } from './corpus.ts'
import { formatOfPath } from './format-of-path.ts'
import type { Relayed, Sent, Subject } from './subject.ts'

/** Invalid requests through the native lane: what the upstream gets must be what the client sent. */

/** Marks the answers of the upstream. */
const echoId = 'req_echo'
/** Passes the lane, as all names of this form do. */
const echoHeader = 'anthropic-echo'

const hashOf = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex')

/** The runtime's client or server removes the second slash at the start of a path. */
const factsOf = ({ method, path, body = new Uint8Array() }: Omit<Sent, 'headers'>): string =>
  `${method} ${hashOf(path.replace(/^\/+/, '/'))} ${body.byteLength} ${hashOf(body)}`

/** An upstream that answers every request with a description of it. */
export const startEchoUpstream = () => {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const facts = factsOf({ method: request.method, path: pathname + search, body: await request.bytes() })
      return Response.json({}, { headers: { 'request-id': echoId, [echoHeader]: facts } })
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}

/** Only these are certain to go on. Other paths and types may be the server's own. */
const isForwarded = ({ method, path, headers }: Sent): boolean =>
  method === 'POST' &&
  ['/v1/messages', '/v1/messages/count_tokens'].includes(path) &&
  headers['content-type'] === 'application/json'

/** The server asks for the list itself, because clients of both protocols read it. */
const isModels = ({ path }: Sent): boolean => /^\/+(?:openai\/)?(?:v1\/)?models/.test(path)

const judge = (sent: Sent, { status, headers, body }: Relayed): string | undefined => {
  if (headers.get('request-id') === echoId) {
    if (status !== 200) return `status ${status} for an answer of the upstream`
    const isSame = isModels(sent) || headers.get(echoHeader) === factsOf(sent)
    return isSame ? undefined : 'the upstream got another request'
  }
  if (status === 0) return 'the connection broke'
  if (isForwarded(sent)) return `a request that was not forwarded: ${status}`
  const text = new TextDecoder().decode(body)
  return status < 400 || sent.method === 'HEAD' ? undefined : formatOfPath(sent.path).errorFault(parsed(text))
}

const toRelayed = (subject: Subject): Subject => ({
  ...subject,
  judge: (relayed, canary) => judge(subject.sent(canary), relayed),
  *smaller() {
    for (const less of subject.smaller()) yield toRelayed(less)
  },
})

export const anthropicRequestSubject = (corpus: readonly ValidRequest[], random: Random): Subject =>
  toRelayed(bodySubject(corpus, random))
