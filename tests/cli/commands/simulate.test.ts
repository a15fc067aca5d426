import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cli, startCli, temporaryFolder } from '../../support/cli.ts'

describe('simulate', () => {
  test('answers requests of a server, and reports what it refuses', async () => {
    const upstream = startCli(['simulate', '--port', '0', '--api-key', 'right'])
    const [, endpoint = ''] = await upstream.says(/at (http:\S+)\. Use it with/)
    const ask = (key: string, body: object): Promise<Response> =>
      fetch(`${endpoint}/model/claude-sonnet-4.6/converse`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify(body),
      })
    expect((await ask('wrong', {})).status).toBe(403)
    const refused = await ask('right', { messages: [] })
    expect([refused.status, refused.headers.get('x-amzn-errortype')?.split(':')[0]]).toEqual([
      400,
      'ValidationException',
    ])
    await upstream.says(/converse 400 refused: The messages field is empty/)
    upstream.kill('SIGTERM')
    expect((await upstream.ended).code).toBe(0)
  })

  test('simulates an OpenAI-compatible server, and reports what it refuses', async () => {
    const upstream = startCli(['simulate', '--kind', 'openai', '--face', 'ollama', '--port', '0'])
    const [, url = ''] = await upstream.says(/server \(ollama\) listens at (http:\S+)\. Use it with/)
    const ask = (body: object): Promise<Response> =>
      fetch(`${url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'qwen3:8b', ...body }) })
    const answer = (await (await ask({ messages: [{ role: 'user', content: 'Hi' }] })).json()) as object
    expect(answer).toMatchObject({ choices: [{ message: { content: 'You said: Hi' } }] })
    expect((await ask({ messages: [] })).status).toBe(400)
    await upstream.says(/completions 400 refused: Invalid 'messages': empty array/)
    upstream.kill('SIGTERM')
    const { code, out } = await upstream.ended
    expect(code).toBe(0)
    expect(out).toBe(
      `nexus-claude-api start --upstream openai --openai-url ${url}/v1 --provider ollama --model qwen3:8b --api-key any\n`,
    )
  })

  test('simulates a poor AI Nexus, which refuses optional parts (MX-C3)', async () => {
    const upstream = startCli(['simulate', '--nexus', 'poor', '--port', '0'])
    const [, url = ''] = await upstream.says(/AI Nexus \(poor\) listens at (http:\S+)\. Use it with/)
    const response = await fetch(`${url}/model/claude-sonnet-4.6/converse`, {
      method: 'POST',
      headers: { authorization: 'Bearer any' },
      body: JSON.stringify({
        messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
        additionalModelRequestFields: { thinking: { type: 'adaptive' } },
      }),
    })
    expect(response.status).toBe(400)
    await upstream.says(/converse 400 refused: .*adaptive thinking is not supported on this model/)
    upstream.kill('SIGTERM')
    expect((await upstream.ended).code).toBe(0)
  })

  test("simulates Anthropic's API, and reports what it refuses without quoting it", async () => {
    const upstream = startCli(['simulate', '--kind', 'anthropic', '--port', '0', '--api-key', 'right'])
    const [, url = ''] = await upstream.says(/Anthropic API listens at (http:\S+)\. Use it with/)
    const ask = (body: object): Promise<Response> =>
      fetch(`${url}/v1/messages`, {
        method: 'POST',
        headers: { 'x-api-key': 'right', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'claude-of-tomorrow', max_tokens: 100, ...body }),
      })
    const messages = [{ role: 'user', content: 'Hi' }]
    expect(await (await ask({ messages })).json()).toMatchObject({
      model: 'claude-of-tomorrow',
      content: [{ text: 'You said: Hi' }],
    })
    expect((await ask({ messages, private: 1 })).status).toBe(400)
    await upstream.says(/messages 400 refused: \.\.\.: Extra inputs are not permitted/)
    upstream.kill('SIGTERM')
    const { code, out } = await upstream.ended
    expect(code).toBe(0)
    expect(out).toBe(`nexus-claude-api start --upstream anthropic --anthropic-url ${url} --api-key <the key>\n`)
  })

  test.each([
    [['--kind', 'x'], '--kind must be one of nexus, openai, anthropic.'],
    [['--kind', 'openai', '--face', 'x'], '--face must be one of strict, gpt-5.6, '],
    [['--face', 'kimi'], '--face needs --kind openai.'],
    [['--nexus', 'x'], '--nexus must be one of lenient, strict, poor'],
    [['--nexus', 'poor', '--kind', 'openai'], '--nexus needs --kind nexus.'],
  ])('%p is refused', async (flags, message) => {
    const { code, err } = await cli(['simulate', ...flags])
    expect(code).toBe(2)
    expect(err).toContain(message)
  })

  test('names the position of an error in a scenario', async () => {
    const file = join(temporaryFolder(), 's.json')
    writeFileSync(file, JSON.stringify({ rules: [{ reply: { content: [{ txt: 'x' }] } }] }))
    expect((await cli(['simulate', '--scenario', file])).err).toContain('rules.0.reply.content.0')
    writeFileSync(file, '{')
    expect((await cli(['simulate', '--scenario', file])).err).toContain('not JSON')
    writeFileSync(file, JSON.stringify({ rules: [{ when: { text: '(' }, reply: {} }] }))
    expect((await cli(['simulate', '--scenario', file])).err).toContain("'(' is not a regular expression")
  })
})
