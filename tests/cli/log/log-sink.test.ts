import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogRecord, LogSink } from '../../../src/base/logger.ts'
import { createLogSink, type LogOptions } from '../../../src/cli/log/log-sink.ts'
import { temporaryFolder } from '../../support/cli.ts'

/** A sink that appends its lines to `lines`. */
const sinkWritingTo = (lines: string[], options: Partial<LogOptions> = {}): LogSink =>
  createLogSink({
    format: 'text',
    file: undefined,
    color: false,
    write: (text) => void lines.push(text),
    now: () => new Date(2026, 10, 21, 14, 3, 22, 123),
    ...options,
  })

const write = (record: LogRecord, options: Partial<LogOptions> = {}): string => {
  const lines: string[] = []
  sinkWritingTo(lines, options)(record)
  return lines.join('')
}
const written = (format: 'text' | 'json', value: string, options: Partial<LogOptions> = {}): string =>
  write(
    { level: 'info', event: 'upstream.retry', fields: { model: value, left: undefined, count: 3 } },
    { format, ...options },
  )

const stamp = '2026-11-21T14:03:22.123+00:00'
const zone = process.env['TZ']
beforeEach(() => {
  process.env['TZ'] = 'UTC'
})
afterAll(() => {
  // Bun uses this time zone for tests by default.
  process.env['TZ'] = zone ?? 'UTC'
})

test.each([
  ['Asia/Kolkata', '+05:30', '08:33:22'],
  ['America/St_Johns', '-03:30', '17:33:22'],
  ['Pacific/Apia', '+13:00', '01:03:22'],
])('the time is local time with its offset: %s', (name, offset, clock) => {
  process.env['TZ'] = name
  expect(written('text', 'x')).toStartWith(`2026-11-21T14:03:22.123${offset} `)
  expect(JSON.parse(written('json', 'x')).time).toEndWith(`T${clock}.123Z`)
})

test('a record is one line: several words are quoted, and unset fields are left out', () => {
  expect(written('text', 'claude-sonnet-4-6')).toBe(`${stamp} info  upstream.retry model=claude-sonnet-4-6 count=3\n`)
  expect(written('text', 'two words')).toContain('model="two words"')
  expect(written('json', 'x')).toBe(
    '{"time":"2026-11-21T14:03:22.123Z","level":"info","event":"upstream.retry","model":"x","count":3}\n',
  )
})

test('a terminal shows the time without the date, and breaks long lines between fields', () => {
  const terminal = { columns: 40 }
  expect(written('text', 'claude-sonnet-4-6', { terminal })).toBe(
    '14:03:22 info  upstream.retry\n         model=claude-sonnet-4-6 count=3\n',
  )
  expect(written('json', 'claude-sonnet-4-6', { terminal }).trimEnd()).not.toContain('\n')
})

describe('a value that is wider than a terminal row', () => {
  const rows = (value: string, columns: number): string[] =>
    written('text', value, { terminal: { columns } }).trimEnd().split('\n         ')

  test('is broken after a comma', () => {
    const flags = ['claude-code-20250219', 'interleaved-thinking-2025-05-14', 'effort-2025-11-24', 'x-2026-01-01']
    expect(rows(flags.join(), 60)).toEqual([
      '14:03:22 info  upstream.retry',
      'model=claude-code-20250219,',
      'interleaved-thinking-2025-05-14,effort-2025-11-24,',
      'x-2026-01-01 count=3',
    ])
    expect(written('text', flags.join())).toContain(` model=${flags.join()} count=3\n`)
  })

  test('is broken after a slash, or anywhere without comma and slash', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(20))
    expect(rows(`/${a}/${b}/${c}`, 60)).toEqual(['14:03:22 info  upstream.retry', `model=/${a}/${b}/`, `${c} count=3`])
    expect(rows('x'.repeat(60), 50)).toEqual([
      '14:03:22 info  upstream.retry',
      `model=${'x'.repeat(35)}`,
      `${'x'.repeat(25)} count=3`,
    ])
  })

  test('is not broken into small fragments on a very narrow terminal', () => {
    expect(rows('x'.repeat(30), 12)).toEqual([
      '14:03:22 info ',
      'upstream.retry',
      `model=${'x'.repeat(14)}`,
      'x'.repeat(16),
      'count=3',
    ])
  })

  test.each([40, 80])('leaves no line of a usual request wider than %i columns', (columns) => {
    const betas = Array.from({ length: 12 }, (_, index) => `some-flag-of-claude-code-${index}-2026-01-01`).join()
    const path = `/${'x'.repeat(99)}`
    const lines = [
      write({ level: 'debug', event: 'request.shape', fields: { betas, bytes: 1 } }, { terminal: { columns } }),
      write({ level: 'info', event: 'request.refused', fields: { status: 404, path } }, { terminal: { columns } }),
    ]
    expect(lines.flatMap((line) => line.split('\n')).filter((line) => line.length > columns)).toEqual([])
  })

  test('is coloured row by row, without the margin', () => {
    const requestId = `req_${'0'.repeat(50)}`
    const record: LogRecord = { level: 'info', event: 'request.answered', fields: { requestId } }
    const terminal = { columns: 40 }
    const colored = write(record, { color: true, terminal })
    expect(Bun.stripANSI(colored)).toBe(write(record, { terminal }))
    for (const line of colored.split('\n')) expect((line.split('\u001b').length - 1) % 2).toBe(0)
  })
})

test.each(['text', 'json'] as const)('a record contains no terminal command (%s)', (format) => {
  const evil = 'a\u001b[31m\u009b31m\u202e\u2028\u0007\r\nb'
  const request = { path: evil, method: evil, status: evil, model: evil, used: evil, error: evil, requestId: evil }
  const lines = [
    written(format, evil),
    write({ level: 'info', event: 'request.answered', fields: { ...request, stop: evil } }, { format }),
    write({ level: 'warn', event: 'request.failed', fields: { ...request, reason: evil, upstreamRequestId: evil } }),
  ]
  const isPlain = (character: string): boolean => character >= ' ' && character <= '~'
  for (const line of lines) expect([...line.slice(0, -1)].filter((character) => !isPlain(character))).toEqual([])
})

test('a record has colours only if they are enabled', () => {
  expect(written('text', 'x')).not.toContain('\u001b')
})

test.each(['text', 'json'] as const)('the file has whole lines without colours (%s)', (format) => {
  const file = join(temporaryFolder(), 'log')
  for (const color of [true, false]) written(format, 'x', { color, file, terminal: { columns: 20 } })
  const line = written(format, 'x')
  expect(readFileSync(file, 'utf8')).toBe(line + line)
})

describe('the line of a request', () => {
  const requestId = 'req_0123456789abcdef0123456789abcdef'
  const fields = {
    requestId,
    upstreamRequestId: 'up-1',
    method: 'POST',
    path: '/v1/messages',
    status: 200,
    model: 'claude-sonnet-4-6',
    used: 'claude-sonnet-4.6',
    stream: true,
    stop: 'end_turn',
    inputTokens: 20,
    cacheReadTokens: 22_900,
    cacheWriteTokens: 480,
    outputTokens: 312,
    firstEventMs: 410,
    durationMs: 3200,
  }
  const line = (members: object = {}, event = 'request.answered', columns?: number): string =>
    write(
      { level: 'info', event, fields: { ...fields, ...members } },
      columns === undefined ? {} : { terminal: { columns } },
    ).replace(`${stamp} `, '')

  test('is one row and the id on a terminal of 80 columns', () => {
    expect(line({}, 'request.answered', 80)).toBe(
      `14:03:22 200 POST /v1/messages sonnet-4.6 in 23.4k cached 22.9k out 312 0.4/3.2s\n         ${requestId}\n`,
    )
  })

  test('is one line without a terminal', () => {
    expect(line()).toBe(`200 POST /v1/messages sonnet-4.6 in 23.4k cached 22.9k out 312 0.4/3.2s ${requestId}\n`)
  })

  test.each<[string, object, string]>([
    ['claude-opus-4-8', { used: 'claude-opus-4.6' }, ' opus-4-8 -> opus-4.6 in '],
    ['CLAUDE-Sonnet-4.6[1m]', {}, ' sonnet-4.6 in '],
    ['claude', {}, ' claude -> sonnet-4.6 in '],
    ['two words', { used: undefined }, ' "two words" in '],
    ['a name that is not logged', { model: undefined }, ' /v1/messages sonnet-4.6 in '],
  ])('names the requested model if another one answered: %s', (model, members, part) => {
    expect(line({ model, ...members })).toContain(part)
  })

  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.0k'],
    [8249, '8.2k'],
    [99_949, '99.9k'],
    [99_950, '100k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [1_234_567, '1.2M'],
  ])('writes %i tokens as %s', (outputTokens, text) => {
    expect(line({ outputTokens })).toContain(` out ${text} `)
  })

  test.each([
    [undefined, 0, ' 0ms '],
    [undefined, 999, ' 999ms '],
    [12, 85, ' 12/85ms '],
    [410, 1000, ' 0.4/1.0s '],
    [1234, 99_949, ' 1.2/99.9s '],
    [1234, 99_950, ' 1.2/100s '],
  ])('writes %p ms to the first event and %i ms in total as %s', (firstEventMs, durationMs, text) => {
    expect(line({ firstEventMs, durationMs })).toContain(text)
  })

  const short = { model: undefined, used: undefined, stream: undefined, stop: undefined, inputTokens: undefined }
  const bare = { ...short, cacheReadTokens: undefined, cacheWriteTokens: undefined, outputTokens: undefined }
  const quick = { ...bare, firstEventMs: undefined, durationMs: 2 }

  test.each<[string, object, string]>([
    ['request.answered', { method: 'GET', path: '/health' }, '200 GET /health 2ms'],
    [
      'request.answered',
      { path: '/v1/messages/count_tokens', countedTokens: 1234 },
      '200 POST /v1/messages/count_tokens counted 1.2k 2ms',
    ],
    ['request.answered', { stop: 'max_tokens' }, '200 POST /v1/messages max_tokens 2ms'],
    [
      'request.answered',
      { cost: 0.01254, attempts: 3, queuedMs: 1500, client: 'alice' },
      '200 POST /v1/messages cost 0.0125 3 attempts queued 1.5s 2ms alice',
    ],
    ['request.refused', { status: 404, path: '/x', error: 'not_found_error' }, '404 POST /x not_found_error 2ms'],
    ['request.cancelled', { status: 499 }, '499 POST /v1/messages client left 2ms'],
    [
      'request.failed',
      { status: 502, error: 'api_error', reason: 'Nothing (there): try "again".' },
      '502 POST /v1/messages api_error: Nothing (there): try \\"again\\". 2ms upstream up-1',
    ],
    [
      'request.failed',
      { error: 'overloaded_error', upstreamRequestId: undefined },
      '200 POST /v1/messages ended in overloaded_error 2ms',
    ],
  ])('%s %p', (event, members, text) => {
    expect(line({ ...quick, ...members }, event)).toBe(`${text} ${requestId}\n`)
  })

  test('name the web searches, their provider and their time (WS-20)', () => {
    const searched = { ...quick, searches: 2, searchMs: 412, searchProvider: 'brave' }
    expect(line(searched, 'request.answered')).toBe(`200 POST /v1/messages search 2 (brave 412 ms) 2ms ${requestId}\n`)
    expect(line({ ...searched, searches: 0, searchErrors: 1 }, 'request.answered')).toBe(
      `200 POST /v1/messages search 0 (brave 412 ms, 1 failed) 2ms ${requestId}\n`,
    )
  })
})

test('each record has the milliseconds and the second of its time', () => {
  process.env['TZ'] = 'UTC'
  const lines: string[] = []
  let at = Date.UTC(2026, 10, 21, 14, 3, 22, 998)
  const sink = sinkWritingTo(lines, { now: () => new Date(at) })
  for (; lines.length < 4; at += 1) sink({ level: 'info', event: 'tick', fields: {} })
  expect(lines.map((line) => line.split(' ')[0])).toEqual([
    '2026-11-21T14:03:22.998+00:00',
    '2026-11-21T14:03:22.999+00:00',
    '2026-11-21T14:03:23.000+00:00',
    '2026-11-21T14:03:23.001+00:00',
  ])
})

test('a time before 1970 has milliseconds, too', () => {
  const time = (at: number): string | undefined =>
    write({ level: 'info', event: 'tick', fields: {} }, { now: () => new Date(at) }).split(' ')[0]
  expect([-1, -1000, -1001].map(time)).toEqual([
    '1969-12-31T23:59:59.999+00:00',
    '1969-12-31T23:59:59.000+00:00',
    '1969-12-31T23:59:58.999+00:00',
  ])
})

test('records of a turn are written together after it, in order', () => {
  const lines: string[] = []
  const tasks: (() => void)[] = []
  const sink = sinkWritingTo(lines, { defer: (task) => void tasks.push(task) })
  const tell = (event: string): void => sink({ level: 'info', event, fields: {} })
  const line = (event: string): string => `${stamp} info  ${event}\n`
  tell('first')
  tell('second')
  expect([lines.join(''), tasks.length]).toEqual(['', 1])
  tasks[0]?.()
  expect(lines).toEqual([line('first') + line('second')])
  tell('third')
  expect([lines.length, tasks.length]).toEqual([1, 2])
  tasks[1]?.()
  expect(lines[1]).toBe(line('third'))
})

test('a record that cannot be formatted causes no error, and the others are written', () => {
  const tasks: (() => void)[] = []
  const defer = (task: () => void): void => void tasks.push(task)
  const lines: string[] = []
  const sink = sinkWritingTo(lines, { format: 'json', defer })
  const bad = { figure: 1n } as unknown as LogRecord['fields']
  sink({ level: 'info', event: 'before', fields: {} })
  sink({ level: 'info', event: 'bad', fields: bad })
  sink({ level: 'info', event: 'after', fields: {} })
  tasks[0]?.()
  expect([...lines.join('').matchAll(/"event":"(\w+)"/g)].map(([, event]) => event)).toEqual(['before', 'after'])
})

test('a turn that cannot be written causes no error, and the next one is written', () => {
  const lines: string[] = []
  const tasks: (() => void)[] = []
  let isBroken = true
  const write = (text: string): void => {
    if (isBroken) throw new Error('EPIPE')
    lines.push(text)
  }
  const sink = sinkWritingTo(lines, { write, defer: (task) => void tasks.push(task) })
  for (const event of ['lost', 'found']) {
    sink({ level: 'info', event, fields: {} })
    tasks.at(-1)?.()
    isBroken = false
  }
  expect(lines).toEqual([`${stamp} info  found\n`])
})

test('a file gets each record at once, because a killed process writes nothing later', () => {
  const file = join(temporaryFolder(), 'log')
  const out = write({ level: 'info', event: 'first', fields: {} }, { file, defer: () => {} })
  expect([readFileSync(file, 'utf8'), out]).toEqual([`${stamp} info  first\n`, `${stamp} info  first\n`])
})
