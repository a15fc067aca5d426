import { describe, expect, test } from 'bun:test'
import { createLogger } from '../../../src/base/logger.ts'
import { Secret } from '../../../src/base/secret.ts'
import { createRecordReport } from '../../../src/cli/workers/record-report.ts'
import { createLosses } from '../../../src/gateway/observers/losses.ts'
import type { RequestRecord } from '../../../src/gateway/request-record.ts'
import { requestRecord } from '../../support/records.ts'

const reportTo = (answer: true | undefined) => {
  const sent: RequestRecord[] = []
  const losses = createLosses({ log: createLogger('error', () => {}), now: () => 0 })
  const { create, flush } = createRecordReport({
    async ask(_name, json) {
      sent.push(...(JSON.parse(String(json)) as readonly RequestRecord[]))
      return answer as never
    },
  })
  return { sent, losses, flush, report: create({ defer: setImmediate, losses }) }
}

describe('the records of a worker', () => {
  test('go to its parent when it asks for them, without the webhook and the end of the key (OP-K7)', async () => {
    const { sent, flush, report } = reportTo(true)
    const slack = {
      webhookUrl: new Secret('https://hooks.example/x'),
      channel: undefined,
      username: 'a',
      iconEmoji: 'b',
    }
    report.observe(requestRecord({ slack, maskedKey: '...0123456789' }), undefined)
    await flush()
    expect(sent).toEqual([requestRecord()])
  })

  test('are counted as lost if the parent does not take them (OP-K7, OP-E3)', async () => {
    const { losses, report } = reportTo(undefined)
    report.observe(requestRecord(), undefined)
    await report.end(AbortSignal.timeout(1000))
    expect([...losses.counts()]).toEqual([['workers', 1]])
  })
})
