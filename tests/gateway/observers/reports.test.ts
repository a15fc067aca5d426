import { describe, expect, jest, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { Secret } from '../../../src/base/secret.ts'
import { createLosses } from '../../../src/gateway/observers/losses.ts'
import type { Report } from '../../../src/gateway/observers/report.ts'
import { createReports, type ReportOptions } from '../../../src/gateway/observers/reports.ts'
import type { Fetch } from '../../../src/upstreams/http/post.ts'
import { requestRecord } from '../../support/records.ts'
import { received, startTelemetrySink } from '../../support/sinks.ts'
import { waitUntil } from '../../support/wait-until.ts'

const noSlack = {
  webhookUrl: undefined,
  channel: undefined,
  username: 'Claude',
  iconEmoji: ':robot_face:',
  enabled: true,
}

const start = (options: Partial<ReportOptions> = {}) => {
  const records: LogRecord[] = []
  let at = 0
  const log = createLogger('debug', (record) => records.push(record))
  const reports = createReports({
    slack: noSlack,
    hasDomains: false,
    telemetryUrl: undefined,
    fetch: fetch as Fetch,
    sleep: async () => {},
    defer: setImmediate,
    log,
    now: () => at,
    losses: createLosses({ log, now: () => at }),
    ...options,
  })
  const observe = (requestId: string): void => {
    for (const observer of reports.observers) observer(requestRecord({ requestId }), undefined)
  }
  const pass = (milliseconds: number): void => {
    at += milliseconds
  }
  return { reports, observe, records, pass }
}

describe('the reports', () => {
  test('do not exist unless they are switched on', async () => {
    const { reports } = start()
    expect([reports.observers, reports.slackTargetOf]).toEqual([[], undefined])
    await reports.end()
    const silent = start({ slack: { ...noSlack, webhookUrl: new Secret('https://hooks.example/'), enabled: false } })
    expect([silent.reports.observers, silent.reports.slackTargetOf]).toEqual([[], undefined])
  })

  test('exist for the settings of domains without general ones (AU-S1)', () => {
    const { reports } = start({ hasDomains: true })
    const webhookUrl = new Secret('https://hooks.example/own')
    expect(reports.slackTargetOf?.('a.example', { name: 'a.example', slack: { webhookUrl } })).toMatchObject({
      webhookUrl,
    })
    expect(reports.slackTargetOf?.('b.example', undefined)).toBeUndefined()
  })

  test('are sent when the process is idle, and before the end (AU-S5)', async () => {
    const sink = startTelemetrySink()
    const deferred: (() => void)[] = []
    const { reports, observe } = start({ telemetryUrl: sink.url, defer: (work) => deferred.push(work) })
    observe('first')
    observe('second')
    expect([deferred.length, sink.posts]).toEqual([2, []])
    const ended = reports.end()
    for (const work of deferred) work()
    await ended
    expect(sink.posts.map(({ body }) => (body as { requestId: string }).requestId).sort()).toEqual(['first', 'second'])
  })

  test('that hang are given up 2 s after the end began (OP-E4)', async () => {
    const limits: number[] = []
    const ownLimits = [5000, 2000]
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
      // What another test has left running in this process may set a limit, too.
      if (ownLimits.includes(milliseconds)) limits.push(milliseconds)
      const limit = new AbortController()
      if (milliseconds === 2000) setImmediate(() => limit.abort())
      return limit.signal
    })
    const sink = startTelemetrySink(() => ({ hangs: true }))
    const { reports, observe, records } = start({ telemetryUrl: sink.url })
    observe('first')
    await received(sink, 1)
    await reports.end()
    timeout.mockRestore()
    expect(limits).toEqual(ownLimits)
    expect(records).toEqual([
      { level: 'warn', event: 'observer.dropped', fields: { observer: 'telemetry', dropped: 1, reason: 'shutdown' } },
    ])
  })

  test('of the caller end with the others, also if one of them fails (OP-E4)', async () => {
    const ended: string[] = []
    const observed: string[] = []
    const report = (name: string, end: () => Promise<void>): Report => ({
      observe: ({ requestId }) => observed.push(`${name} ${requestId}`),
      end,
    })
    const failing = async (): Promise<void> => {
      throw new RangeError('secret words')
    }
    const others = [report('metrics', failing), report('history', async () => void ended.push('history'))]
    const { reports, observe, records } = start({ others })
    observe('first')
    await reports.end()
    expect([observed, ended]).toEqual([['metrics first', 'history first'], ['history']])
    expect(records).toEqual([{ level: 'error', event: 'observer.failed', fields: { error: 'RangeError' } }])
  })

  test('that are lost are logged once a minute, with their number and without an address (AU-Y3)', async () => {
    const failing: Fetch = async () => new Response('', { status: 500 })
    const { reports, observe, records, pass } = start({ telemetryUrl: 'https://figures.example/in', fetch: failing })
    const lose = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) observe('lost')
      await new Promise(setImmediate)
    }
    await lose(1)
    await waitUntil(() => records.length === 1)
    await lose(3)
    pass(60_000)
    await lose(1)
    await lose(2)
    await reports.end()
    expect(records.map(({ level, event, fields }) => [level, event, fields])).toEqual(
      [1, 5, 7].map((dropped) => [
        'warn',
        'observer.dropped',
        { observer: 'telemetry', dropped, reason: 'HTTP 500' },
      ]) as never,
    )
  })
})
