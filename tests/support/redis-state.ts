import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { Secret } from '../../src/base/secret.ts'
import { createRedisState } from '../../src/state/redis/redis-state.ts'
import { afterTest } from './cleanup.ts'

/** A machine under load answers late; only the tests of the deadline itself need the usual one. */
const patient = { deadlineMs: 5000, connectMs: 5000, firstPauseMs: 20, longestPauseMs: 40, keepAliveMs: 60_000 }

/** One process with Redis as its shared state. It ends after the test. */
export const startRedisState = async (url: string, times: Partial<typeof patient> = {}) => {
  const records: LogRecord[] = []
  const state = createRedisState({
    url: new Secret(url),
    prefix: 'nexus:1:',
    log: createLogger('debug', (record) => records.push(record)),
    now: () => performance.now(),
    newId: () => crypto.randomUUID(),
    times: { ...patient, ...times },
  })
  afterTest(() => state.end())
  const isStarted = await state.start()
  /** `state.down OOM`, without the times. */
  const lines = (): string[] => records.map(({ event, fields }) => `${event} ${fields['reason'] ?? ''}`.trim())
  return { state, records, lines, isStarted }
}
