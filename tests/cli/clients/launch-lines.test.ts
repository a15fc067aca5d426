import { expect, test } from 'bun:test'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cli, temporaryFolder } from '../../support/cli.ts'

const start = (flags: readonly string[], environment: Record<string, string> = {}) =>
  cli(['start', '--dry-run', '--simulate', '--shell', 'bash', ...flags], environment)

test('each flag of a client prints the command of this client, in a fixed order', async () => {
  const { code, out, err } = await start(['--opencode', '--codex', '--claude-code'])
  expect([code, out.match(/(claude|codex -c .*|opencode)$/gm)?.map((line) => line.split(' ')[0])]).toEqual([
    0,
    ['claude', 'codex', 'opencode'],
  ])
  expect(err.match(/To start .+:/g)).toEqual(['To start Claude Code:', 'To start Codex:', 'To start opencode:'])
})

test('--copy copies one command', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'held')
  writeFileSync(join(folder, 'xclip'), `#!/bin/sh\ncat > ${file}\n`)
  chmodSync(join(folder, 'xclip'), 0o755)
  const environment = { DISPLAY: ':0', PATH: `${folder}:/usr/bin:/bin` }
  const { err } = await start(['--codex', '--copy'], environment)
  expect(err).toContain('Copied the command that starts Codex (with xclip).')
  expect(await Bun.file(file).text()).toContain(' codex -c model_provider=nexus ')
  expect(await start(['--codex', '--opencode', '--copy'], environment)).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('--copy copies one command') as never,
  })
})
