import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCli, temporaryFolder } from '../support/cli.ts'

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
