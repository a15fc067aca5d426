import type { OpenAiWire } from '../support/openai-requests.ts'
import type { Job } from './job.ts'
import { requestBody } from './requests.ts'
import { type SessionSize, sessionOf, turnsOfSession } from './sessions.ts'

/** The requests that the load sends: bytes that exist before it measures. */

const openAiPaths = { chat: '/v1/chat/completions', responses: '/v1/responses' } as const

const isOpenAi = (wire: Job['wire']): wire is OpenAiWire => Object.hasOwn(openAiPaths, wire)

const pathOf = ({ wire, deltas }: Job): string => {
  if (isOpenAi(wire)) return openAiPaths[wire]
  if (wire === 'anthropic') return '/v1/messages'
  // Without a proxy, the upstream reads from the path whether to send a stream.
  return `/model/any/converse${deltas === undefined ? '' : '-stream'}`
}

const headBytes = (job: Job, bodyBytes: number, headers: Readonly<Record<string, string>> = {}): Buffer => {
  const all = {
    host: `127.0.0.1:${job.port}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14',
    'user-agent': 'claude-cli/2.1.329 (external, cli)',
    'x-api-key': 'bench',
    'x-stainless-timeout': '600',
    'content-length': String(bodyBytes),
    ...job.headers,
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`POST ${pathOf(job)} HTTP/1.1\r\n${lines.join('')}\r\n`)
}

/** Returns the next request of a connection. It is valid until the next call. */
export type NextRequest = () => Uint8Array

const sameRequest = (job: Job, request: Exclude<Job['request'], object>): NextRequest => {
  const body = requestBody(request, job.deltas !== undefined, isOpenAi(job.wire) ? job.wire : undefined)
  const bytes = Buffer.concat([headBytes(job, body.byteLength), body])
  return () => bytes
}

/** The position of a connection's session, which goes on in the next job. */
interface Position {
  id: string
  turn: number
}

const nextTurn = (job: Job, size: SessionSize, position: Position): NextRequest => {
  const session = sessionOf(size)
  // Memory of its own, and no garbage: the turns themselves share theirs.
  let memory = Buffer.alloc(0)
  return () => {
    if (position.turn === turnsOfSession) Object.assign(position, { id: crypto.randomUUID(), turn: 0 })
    const body = session.turn(position.turn, job.deltas !== undefined)
    position.turn += 1
    const bodyBytes = body.reduce((sum, { byteLength }) => sum + byteLength, 0)
    const head = headBytes(job, bodyBytes, { 'x-claude-code-session-id': position.id })
    const length = head.byteLength + bodyBytes
    if (memory.byteLength < length) memory = Buffer.alloc(2 * length)
    let at = 0
    for (const part of [head, ...body]) {
      memory.set(part, at)
      at += part.byteLength
    }
    return memory.subarray(0, length)
  }
}

/**
 * Creates the requests of a job's connections. A job with sessions goes on with those of the last job for the same
 * target, so that each round has the same share of first turns.
 */
export const createRequestSource = (): ((job: Job) => (connection: number) => NextRequest) => {
  const positions = new Map<string, Position>()
  const positionOf = (key: string): Position => {
    const position = positions.get(key) ?? { id: crypto.randomUUID(), turn: 0 }
    positions.set(key, position)
    return position
  }
  return (job) => {
    const { request, port } = job
    if (typeof request === 'object') {
      const size = request.nextTurnOf
      return (connection) => nextTurn(job, size, positionOf(`${port} ${size} ${connection}`))
    }
    const same = sameRequest(job, request)
    return () => same
  }
}
