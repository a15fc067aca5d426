import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { createCacheAudit } from '../../src/gateway/cache-audit/cache-audit.ts'
import type { RequestRecord } from '../../src/gateway/request-record.ts'
import { createContentHash } from '../../src/runtime/content-hash.ts'
import { type Chain, type ChainOptions, startChain } from './chain.ts'

export const marker = { type: 'ephemeral' }
export const text = (words: string, more: object = {}): object => ({ type: 'text', text: words, ...more })
export const user = (...content: object[]): object => ({ role: 'user', content })

/** The product with the audit, a simulator with a cache, and one clock for both. */
export const startAudited = (options: ChainOptions = {}) => {
  let time = 1_800_000_000_000
  const date = (): number => time
  const logged: LogRecord[] = []
  const ended: RequestRecord[] = []
  let waiting: ((record: RequestRecord) => void)[] = []
  const cacheAudit = createCacheAudit({
    hash: createContentHash(),
    log: createLogger('debug', (record) => logged.push(record)),
    date,
    defer: setImmediate,
  })
  const chain: Chain = startChain({
    cacheAudit,
    ...options,
    simulator: { cache: { now: date, minimumTokens: 0 }, ...options.simulator },
    observers: [
      (record) => {
        const [first, ...others] = waiting
        waiting = others
        if (first === undefined) ended.push(record)
        else first(record)
      },
    ],
  })
  const nextRecord = (): Promise<RequestRecord> => {
    const record = ended.shift()
    return record === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(record)
  }
  return {
    chain,
    cacheAudit,
    /** Lines of the audit. */
    logged,
    wait(milliseconds: number): void {
      time += milliseconds
    },
    nextRecord,
    /** Sends one request; returns its record. */
    async ask(request: object, headers: Record<string, string> = {}): Promise<RequestRecord> {
      const response = await chain.post(request, {
        headers: { 'x-claude-code-session-id': 'session-0001', ...headers },
      })
      await response.text()
      return nextRecord()
    },
  }
}

const tool = (name: string): object => ({ name, description: `Runs ${name}.`, input_schema: { type: 'object' } })

/** Longer than any minimum of a cache. */
const longSystem = 'You are an agent, and you do what the user says. '.repeat(500)

/** A turn of a conversation like Claude Code's: the markers are on the system prompt and on the end. */
export const turnOf = (words: readonly string[], more: object = {}): object => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 100,
  tools: [tool('Bash'), tool('Read')],
  system: [text(longSystem, { cache_control: marker })],
  messages: words.map((said, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: [text(said, index === words.length - 1 ? { cache_control: marker } : {})],
  })),
  ...more,
})

/** Turns of one session, for a client that changes what a client may change. */
export const changingTurns = (): readonly object[] => {
  const words = ['one', 'two', 'three', 'four', 'five']
  const more = { tools: [tool('Bash'), tool('Read'), tool('Write')] }
  return [
    turnOf(words.slice(0, 1)),
    turnOf(words.slice(0, 3)),
    turnOf(words.slice(0, 5)),
    turnOf(words.slice(0, 5), more),
    turnOf(['other', ...words.slice(1)], more),
    turnOf(['other', ...words.slice(1)], {
      ...more,
      system: [text('Another prompt. '.repeat(2000), { cache_control: marker })],
    }),
  ]
}
