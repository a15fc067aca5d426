import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCli, temporaryFolder } from '../support/cli.ts'
import { received, startTelemetrySink } from '../support/sinks.ts'

const address = /Address +(http:\/\/127\.0\.0\.1:\d+)/

test('serves the files of --client-setup-dir instead of the built-in ones (AU-C2)', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'setup.sh'), 'echo setup')
  const program = startCli(['start', '--upstream', 'anthropic', '--port', '0', '--client-setup-dir', folder], {
    CLAUDE_API_KEY: 'sk-ant-api03-test',
  })
  const [, url = ''] = await program.says(address)
  expect(await (await fetch(`${url}/client-setup/setup.sh`)).text()).toBe('echo setup')
  expect((await fetch(`${url}/client-setup/.credentials.json`)).status).toBe(404)
  program.kill('SIGTERM')
  expect((await program.ended).code).toBe(0)
})

test('sends what waits to be sent before the program ends (AU-S5, OP-E4)', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const sink = startTelemetrySink(() => ({ after: promise }))
  const program = startCli(['start', '--simulate', '--port', '0'], { NEXUS_TELEMETRY_ENDPOINT: sink.url })
  const [, url = ''] = await program.says(address)
  for (let count = 0; count < 6; count += 1)
    await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }),
    })
  await received(sink, 4)
  program.kill('SIGTERM')
  resolve()
  const { code, err } = await program.ended
  expect([code, sink.posts.length]).toEqual([0, 6])
  expect(err).not.toContain('observer.dropped')
})

test('does not start with a webhook that is not encrypted, and does not show it (AU-S5)', async () => {
  const environment = { NEXUS_SLACK_WEBHOOK_URL: 'http://hooks.example/CANARYWEBHOOK' }
  for (const flags of [[], ['--dry-run']]) {
    const { code, out, err } = await startCli(['start', '--simulate', '--port', '0', ...flags], environment).ended
    expect([code, err]).toEqual([2, expect.stringContaining('slack.webhookUrl must be a URL') as never])
    expect(out + err).not.toContain('CANARYWEBHOOK')
  }
})
