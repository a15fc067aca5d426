import { describe, expect, test } from 'bun:test'
import { startCli } from '../support/cli.ts'

describe('start --simulate', () => {
  test.each([
    [[], ['text']],
    [['--upstream', 'openai'], ['text']],
    // Only these think without a request to think.
    [
      ['--upstream', 'openai', '--provider', 'deepseek'],
      ['thinking', 'text'],
    ],
    [
      ['--upstream', 'openai', '--provider', 'ollama'],
      ['thinking', 'text'],
    ],
    [['--upstream', 'anthropic'], ['text']],
    // The simulator has no face for it.
    [['--upstream', 'openai', '--provider', 'xai'], ['text']],
  ])('plays the upstream and the provider of %j', async (flags, types) => {
    const program = startCli(['start', '-p', '0', '--simulate', ...flags])
    const [, url = ''] = await program.says(/Address +(http:\S+)/)
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'claude-sonnet-4-6',
        max_tokens: 100,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    })
    const { content } = (await response.json()) as { content: { type: string; text?: string }[] }
    expect(content.map(({ type }) => type)).toEqual(types)
    expect(content.at(-1)?.text).toBe('You said: Hello')
    program.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
  })
})
