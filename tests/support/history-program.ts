import { setTimeout as resolveAfter } from 'node:timers/promises'
import { createLogger } from '../../src/base/logger.ts'
import { createHistory } from '../../src/usage/history/history.ts'
import { requestRecord, usage } from './records.ts'

/**
 * A server's process that writes a history:
 *
 *   history-program.ts <file> <first> <count>
 *
 * Writes requests with the numbers from the first one, in batches, and prints after each how many it has written and
 * lost.
 */

const [file = '', first, count] = Bun.argv.slice(2)
const batchSize = 20
const firstAt = Date.UTC(2026, 10, 29, 12)

const history = createHistory({
  file,
  days: 90,
  rollupDays: 730,
  log: createLogger('silent', () => {}),
  now: () => performance.now(),
  date: Date.now,
  sleep: (milliseconds) => resolveAfter(milliseconds),
  turn: () => resolveAfter(0),
})

let [written, lost] = [0, 0]
for (let start = 0; start < Number(count); start += batchSize) {
  const records = Array.from({ length: batchSize }, (_, index) => {
    const number = Number(first) + start + index
    return requestRecord({ requestId: `req_${number}`, at: firstAt + number, usage })
  })
  try {
    await history.sink.write(records)
    written += batchSize
  } catch {
    lost += batchSize
  }
  process.stdout.write(`${written} ${lost}\n`)
}
await history.sink.end?.()
