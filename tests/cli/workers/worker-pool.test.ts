import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { WorkerPool } from '../../../src/cli/workers/worker-pool.ts'
import { afterTest } from '../../support/cleanup.ts'
import { waitUntil } from '../../support/wait-until.ts'

const dying = join(import.meta.dir, '..', '..', 'support', 'dying-worker-program.ts')

const poolOf = (count: number, ...command: readonly string[]) => {
  const records: LogRecord[] = []
  const pool = new WorkerPool({
    count,
    command,
    environment: {},
    plan: { plan: {} },
    createServices: () => ({ services: {} as never, close: () => {} }),
    onEnded: () => {},
    log: createLogger('info', (record) => records.push(record)),
    now: () => 0,
  })
  afterTest(() => pool.stopNow())
  const events = (): string[] => records.map(({ event }) => event)
  return { pool, records, events }
}

describe('workers that die again and again', () => {
  test('are restarted five times a minute; the server ends if none is left (OP-K7)', async () => {
    const { pool, events, records } = poolOf(1, process.execPath, dying)
    await pool.start()
    for (let restarts = 1; restarts <= 5; restarts += 1) {
      await pool.collect()
      await waitUntil(() => events().filter((event) => event === 'worker.restarted').length === restarts)
    }
    await pool.collect()
    await pool.isLost
    expect(pool.alive).toBe(0)
    expect(events().filter((event) => event === 'worker.ended')).toHaveLength(6)
    expect(records.at(-1)).toMatchObject({ level: 'error', event: 'worker.none_left' })
    expect(events()).not.toContain('worker.restarts_paused')
    expect(records[0]).toMatchObject({ level: 'warn', event: 'worker.ended', fields: { worker: 1, code: 7 } })
  })

  test('do not end the others: the server goes on with them (OP-K7)', async () => {
    const { pool, events } = poolOf(2, process.execPath, dying)
    await pool.start()
    for (let deaths = 2; deaths <= 4; deaths += 2) {
      await pool.collect()
      await waitUntil(() => events().filter((event) => event === 'worker.restarted').length === deaths)
    }
    expect(pool.alive).toBe(2)
  })
})

test('workers that cannot start end the start (OP-K7)', async () => {
  const { pool } = poolOf(2, process.execPath, '-e', 'process.exit(3)')
  await expect(pool.start()).rejects.toThrow('a worker could not start')
  await waitUntil(() => pool.alive === 0)
})
