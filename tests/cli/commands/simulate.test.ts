import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cli, startCli, temporaryFolder } from '../../support/cli.ts'

describe('simulate', () => {
  test('answers a server in front of it, and says what it refuses', async () => {
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

  test('a scenario with a fault names its place', async () => {
    const file = join(temporaryFolder(), 's.json')
    writeFileSync(file, JSON.stringify({ rules: [{ reply: { content: [{ txt: 'x' }] } }] }))
    expect((await cli(['simulate', '--scenario', file])).err).toContain('rules.0.reply.content.0')
    writeFileSync(file, '{')
    expect((await cli(['simulate', '--scenario', file])).err).toContain('not JSON')
    writeFileSync(file, JSON.stringify({ rules: [{ when: { text: '(' }, reply: {} }] }))
    expect((await cli(['simulate', '--scenario', file])).err).toContain("'(' is not a regular expression")
  })
})
