import { RedisClient, SHA1 } from 'bun'
import { errorCode } from '../../base/error-code.ts'
import type { Secret } from '../../base/secret.ts'
import { redisErrorCode } from './error-code.ts'
import type { RedisScript } from './scripts.ts'

/**
 * One connection to Redis, which is never repaired: who needs another one opens it. Bun's client would repair it, but
 * is dead after its last retry, and holds commands of a server that hangs (OP-R3).
 */
export interface RedisConnection {
  /** Rejects with RedisFailure. Takes as long as Redis takes: the caller has the deadline. */
  run(script: RedisScript, key: string, values: readonly string[]): Promise<unknown>
  /** Rejects all that runs. */
  close(): void
}

/** Why Redis did not do what it should. */
export class RedisFailure extends Error {
  /** `closed` without a connection; otherwise the first word of Redis' answer, such as `OOM`. */
  readonly code: string

  constructor(code: string) {
    super(`Redis: ${code}`)
    this.name = 'RedisFailure'
    this.code = code
  }
}

const answeredErrors = new Set(['ERR_REDIS_SERVER_ERROR', 'ERR_REDIS_INVALID_COMMAND'])

const toFailure = (thrown: unknown): RedisFailure => {
  const isAnswer = thrown instanceof Error && answeredErrors.has(errorCode(thrown) ?? '')
  return new RedisFailure(isAnswer ? redisErrorCode(thrown.message) : 'closed')
}

interface ConnectionOptions {
  readonly url: Secret
  readonly connectMs: number
  /** At most once; not after `close`. */
  readonly onClose: () => void
}

/** Resolves to a connection that is logged in. Rejects with RedisFailure. */
export const openConnection = async ({ url, connectMs, onClose }: ConnectionOptions): Promise<RedisConnection> => {
  const client = new RedisClient(url.reveal(), {
    connectionTimeout: connectMs,
    autoReconnect: false,
    enableOfflineQueue: false,
  })
  /** Redis finds a script by its SHA-1. */
  const hashes = new Map<RedisScript, string>()
  const send = (command: string, values: string[]): Promise<unknown> =>
    client.send(command, values).catch((thrown: unknown) => {
      throw toFailure(thrown)
    })
  try {
    await client.connect()
  } catch (thrown) {
    client.close()
    throw toFailure(thrown)
  }
  client.onclose = onClose
  return {
    async run(script, key, values) {
      const hash = hashes.get(script) ?? SHA1.hash(script.text, 'hex')
      hashes.set(script, hash)
      try {
        return await send('EVALSHA', [hash, '1', key, ...values])
      } catch (failure) {
        // A restart and SCRIPT FLUSH forget scripts.
        if (!(failure instanceof RedisFailure) || failure.code !== 'NOSCRIPT') throw failure
        return send('EVAL', [script.text, '1', key, ...values])
      }
    },
    close() {
      client.onclose = null
      client.close()
    },
  }
}
