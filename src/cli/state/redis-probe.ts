import { errorCode } from '../../base/error-code.ts'
import type { StateAddress } from '../../config/state-address.ts'
import { probes } from '../../state/redis/scripts.ts'
import { type RedisFault, toRedisFault } from './redis-faults.ts'
import { coded, openRedisSocket, type RedisSocket } from './redis-socket.ts'
import { RedisError, type Reply } from './resp.ts'

/** Does once what the server does with Redis, step by step (OP-R6). */

export interface RedisFacts {
  readonly version: string
  /** Of one script. */
  readonly ms: number
  /** Whether Redis may remove our keys when it needs memory; undefined if it does not say. */
  readonly evicts: boolean | undefined
}

/** Redis gives these faults no code of their own. */
const codeOf = ({ code, text }: RedisError, step: string): string => {
  if (code !== 'ERR') return code
  if (/unknown command/i.test(text)) return step === 'HELLO' ? 'NO_HELLO' : 'NO_SCRIPTS'
  if (step === 'SELECT') return 'NO_DATABASE'
  return code
}

const send = async (socket: RedisSocket, step: string, ...words: readonly string[]): Promise<Reply> => {
  const reply = await socket.send(step, ...words)
  if (reply instanceof RedisError) throw coded(codeOf(reply, step))
  return reply
}

/** The value behind a name in the answer to HELLO. */
const memberOf = (reply: Reply, name: string): string => {
  if (!Array.isArray(reply)) return ''
  const value: unknown = reply[reply.indexOf(name) + 1]
  return typeof value === 'string' ? value : ''
}

/** Users without the right to read it lose only this finding. */
const evicts = async (socket: RedisSocket): Promise<boolean | undefined> => {
  const reply = await socket.send('INFO', 'memory')
  if (typeof reply !== 'string') return undefined
  const policy = /^maxmemory_policy:(\S+)/m.exec(reply)?.[1]
  return policy !== undefined && policy !== 'noeviction' && !/^maxmemory:0\b/m.test(reply)
}

const use = async (socket: RedisSocket, { login, database }: StateAddress, prefix: string): Promise<RedisFacts> => {
  const hello = await send(
    socket,
    'HELLO',
    '3',
    ...(login === undefined ? [] : ['AUTH', login.user, login.password.reveal()]),
  )
  if (database !== 0) await send(socket, 'SELECT', String(database))
  let ms = 0
  for (const { script, key, values } of probes) {
    const startedAt = performance.now()
    await send(socket, 'EVAL', script.text, '1', prefix + key, ...values)
    ms = performance.now() - startedAt
  }
  return { version: memberOf(hello, 'version'), ms, evicts: await evicts(socket) }
}

/** Resolves to what Redis is, or to the reason why it cannot be used. */
export const probeRedis = async (address: StateAddress, prefix: string): Promise<RedisFacts | RedisFault> => {
  let socket: RedisSocket | undefined
  try {
    socket = await openRedisSocket(address)
    return await use(socket, address, prefix)
  } catch (thrown) {
    return toRedisFault(errorCode(thrown) ?? 'unknown', address)
  } finally {
    socket?.close()
  }
}
