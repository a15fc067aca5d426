import { describe, expect, test } from 'bun:test'
import { isOwnAddress } from '../../../src/cli/config/own-address.ts'
import { cli, startCli, temporaryFolder } from '../../support/cli.ts'

const machine = () => ['laptop', '192.168.1.5', 'fe80::1']

describe('an upstream that is this server (AU-0e)', () => {
  test.each([
    ['http://127.0.0.1:4141', '127.0.0.1', 4141, true],
    ['http://localhost:4141/path', '127.0.0.1', 4141, true],
    ['http://LOCALHOST:4141', '127.0.0.1', 4141, true],
    ['http://me.localhost:4141', '127.0.0.1', 4141, true],
    ['http://0.0.0.0:4141', '127.0.0.1', 4141, true],
    ['http://[::]:4141', '127.0.0.1', 4141, true],
    ['http://[::1]:4141', 'localhost', 4141, true],
    ['http://[::ffff:127.0.0.1]:4141', '127.0.0.1', 4141, true],
    ['https://localhost:4141', '127.0.0.1', 4141, true],
    ['http://127.1:80', '127.0.0.1', 80, true],
    ['http://localhost', '127.0.0.1', 80, true],
    ['https://localhost', '127.0.0.1', 443, true],
    ['http://192.168.1.5:3000', '0.0.0.0', 3000, true],
    ['http://laptop:3000', '::', 3000, true],
    ['http://[fe80::1]:3000', '::', 3000, true],
    ['http://192.168.1.5:3000', '192.168.1.5', 3000, true],
    ['http://127.0.0.1:4142', '127.0.0.1', 4141, false],
    ['http://127.0.0.1:4141', '192.168.1.5', 4141, false],
    ['http://192.168.1.5:4141', '127.0.0.1', 4141, false],
    ['http://other:3000', '0.0.0.0', 3000, false],
    ['https://api.anthropic.com', '0.0.0.0', 443, false],
    ['http://127.0.0.1:4141', '127.0.0.1', 0, false],
  ])('%s for a server on %s, port %i: %p', (url, host, port, isOwn) => {
    expect(isOwnAddress(url, { host, port }, machine)).toBe(isOwn)
  })

  test('is refused at the start, and in a dry run (AU-0e)', async () => {
    const args = ['--upstream', 'anthropic', '--anthropic-url', 'http://localhost:4999', '--port', '4999']
    const expected = '--anthropic-url is http://localhost:4999, which leads to this server: it would call itself.'
    const { code, err } = await cli(['start', ...args])
    expect([code, err]).toEqual([2, expect.stringContaining(expected) as never])
    expect((await cli(['start', '--dry-run', ...args])).code).toBe(2)
    const other = ['--upstream', 'openai', '--openai-url', 'http://127.0.0.1:4999/v1', '--port', '4999']
    expect((await cli(['start', ...other])).err).toContain('it would call itself')
  })

  test('is not refused for another port, and never read from ANTHROPIC_BASE_URL (AU-0e, AU-0)', async () => {
    const program = startCli(['start', '--upstream', 'anthropic', '--port', '0'], {
      HOME: temporaryFolder(),
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:4141',
    })
    await program.says(/Upstream +https:\/\/api\.anthropic\.com/)
    program.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
  })
})
