import { expect, test } from 'bun:test'
import { claudeClient } from '../../../src/cli/claude-code/claude-client.ts'
import { resumeHint } from '../../../src/cli/clients/resume-hint.ts'
import { codexClient } from '../../../src/cli/codex/codex-client.ts'
import { openCodeClient } from '../../../src/cli/opencode/opencode-client.ts'

const id = '0f9ddf5c-6f2e-4a9c-9d51-0a4f4c2b7a10'
const terminal = { isTerminal: true, isOutTerminal: true }
const hintOf = resumeHint.bind(undefined, claudeClient)
const given = (flags: Record<string, string | true> = {}, ...rest: string[]) => ({ flags, rest })

test('prints a command that resumes the session through the product, with the same flags and no secret', () => {
  expect(hintOf(given(), id, terminal)).toBe(`To resume through this server:\n  nexus-claude-api claude --resume ${id}`)
  const flags = { simulate: true, model: 'opus[1m]', 'api-key': 'canary', 'log-file': 'a b.log' } as const
  expect(hintOf(given(flags, '--continue'), id, terminal)).toBe(
    `To resume through this server:\n  nexus-claude-api claude --simulate --model 'opus[1m]' --log-file 'a b.log' --resume ${id}`,
  )
})

test('prints no command without a conversation, with --print, or without a terminal', () => {
  expect(hintOf(given(), undefined, terminal)).toBeUndefined()
  for (const rest of [
    ['-p', 'hi'],
    ['fix this', '--print'],
  ])
    expect(hintOf(given({}, ...rest), id, terminal)).toBeUndefined()
  expect(hintOf(given({}, '--', '-p'), id, terminal)).toBeDefined()
  expect(hintOf(given(), id, { isTerminal: true, isOutTerminal: false })).toBeUndefined()
  expect(hintOf(given(), id, { isTerminal: false, isOutTerminal: true })).toBeUndefined()
})

test.each([
  [codexClient, id, 'codex --model opus resume --last', ['exec', 'hi']],
  [
    openCodeClient,
    'ses_dd94eb1c4ffeZhstyfKrzfEAee',
    'opencode --model opus --session ses_dd94eb1c4ffeZhstyfKrzfEAee',
    ['run', 'hi'],
  ],
] as const)('prints the command of another client, unless it prints one answer', (client, session, line, printing) => {
  const flags = { model: 'opus' }
  expect(resumeHint(client, given(flags), session, terminal)).toBe(
    `To resume through this server:\n  nexus-claude-api ${line}`,
  )
  expect(resumeHint(client, given(flags, ...printing), session, terminal)).toBeUndefined()
})
