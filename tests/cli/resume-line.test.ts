import { expect, test } from 'bun:test'
import { resumeLine } from '../../src/cli/claude/resume-line.ts'

const id = '0f9ddf5c-6f2e-4a9c-9d51-0a4f4c2b7a10'
const terminal = { isTerminal: true, isOutTerminal: true }
const given = (flags: Record<string, string | true> = {}, ...rest: string[]) => ({ flags, rest })

test('the end of a session says how to resume it through the product, with the same flags and no secret', () => {
  expect(resumeLine(given(), id, terminal)).toBe(
    `To resume through this server: nexus-claude-api claude --resume ${id}`,
  )
  const flags = { simulate: true, model: 'opus[1m]', 'api-key': 'canary', 'log-file': 'a b.log' } as const
  expect(resumeLine(given(flags, '--continue'), id, terminal)).toBe(
    `To resume through this server: nexus-claude-api claude --simulate --model 'opus[1m]' --log-file 'a b.log' --resume ${id}`,
  )
})

test('there is no such line without a conversation, for one answer alone, and where no person reads', () => {
  expect(resumeLine(given(), undefined, terminal)).toBeUndefined()
  for (const rest of [
    ['-p', 'hi'],
    ['fix this', '--print'],
  ])
    expect(resumeLine(given({}, ...rest), id, terminal)).toBeUndefined()
  expect(resumeLine(given({}, '--', '-p'), id, terminal)).toBeDefined()
  expect(resumeLine(given(), id, { isTerminal: true, isOutTerminal: false })).toBeUndefined()
  expect(resumeLine(given(), id, { isTerminal: false, isOutTerminal: true })).toBeUndefined()
})
