import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLogSink } from '../../src/cli/log-sink.ts'
import { temporaryFolder } from '../support/cli.ts'

const written = (format: 'text' | 'json', value: string, color = false, file?: string): string => {
  let out = ''
  const sink = createLogSink({
    format,
    file,
    color,
    write: (text) => {
      out += text
    },
    now: () => new Date(0),
  })
  sink({ level: 'info', event: 'request.answered', fields: { model: value, left: undefined, count: 3 } })
  return out
}

test('one line, what is not one word in quotes, nothing that is not set', () => {
  expect(written('text', 'claude-sonnet-4-6')).toBe(
    '00:00:00.000 info  request.answered model=claude-sonnet-4-6 count=3\n',
  )
  expect(written('text', 'two words')).toContain('model="two words"')
  expect(written('json', 'x')).toBe(
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"request.answered","model":"x","count":3}\n',
  )
})

test.each(['text', 'json'] as const)('nothing that a terminal obeys comes through (%s)', (format) => {
  const line = written(format, 'a\u001b[31m\u009b31m\u202e\u2028\u0007\r\nb')
  const isPlain = (character: string): boolean => character >= ' ' && character <= '~'
  expect([...line.slice(0, -1)].filter((character) => !isPlain(character))).toEqual([])
})

test('colour only where it is wanted', () => {
  expect(written('text', 'x')).not.toContain('\u001b')
})

test.each(['text', 'json'] as const)('the file has the same line, and never a colour (%s)', (format) => {
  const file = join(temporaryFolder(), 'log')
  for (const color of [true, false]) written(format, 'x', color, file)
  const line = written(format, 'x')
  expect(readFileSync(file, 'utf8')).toBe(line + line)
})
