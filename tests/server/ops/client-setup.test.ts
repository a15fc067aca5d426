import { describe, expect, test } from 'bun:test'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Elysia } from 'elysia'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { Secret } from '../../../src/base/secret.ts'
import { readSetupFolder } from '../../../src/cli/system/setup-folder.ts'
import { listen } from '../../../src/runtime/bun.ts'
import { clientSetupRoutes, type ReadSetupFile } from '../../../src/server/ops/client-setup.ts'
import { defaultConfig, startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { temporaryFolder } from '../../support/cli.ts'

const start = (readSetupFile: ReadSetupFile) => {
  const records: LogRecord[] = []
  const log = createLogger('debug', (record) => records.push(record))
  const app = new Elysia({ normalize: false }).use(clientSetupRoutes({ readSetupFile, log }))
  const server = listen({ hostname: '127.0.0.1', port: 0, fetch: app.fetch })
  afterTest(() => server.stop(true))
  return {
    records,
    port: server.port,
    get: (name: string) => fetch(`http://127.0.0.1:${server.port}/client-setup/${name}`),
  }
}

const seen = async (response: Response) => [response.status, await response.text()] as const

/** Sends a path as it is: fetch would normalize it. */
const getRaw = async (port: number, path: string): Promise<string> => {
  const { promise, resolve } = Promise.withResolvers<string>()
  let text = ''
  await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      open: (socket) => void socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`),
      data: (_, data) => {
        text += data.toString()
      },
      close: () => resolve(text),
    },
  })
  return promise
}

describe('/client-setup/', () => {
  test.each([
    ['a.json', 'application/json'],
    ['a.TXT', 'text/plain'],
    ['a.sh', 'text/x-shellscript'],
    ['a.ps1', 'text/x-powershell'],
    ['.claude.json', 'application/json'],
    ['json', 'application/octet-stream'],
    ['a.constructor', 'application/octet-stream'],
    ['a.exe', 'application/octet-stream'],
  ])('sends %s as an attachment of the type %s (AU-C2)', async (name, type) => {
    const response = await start(async () => 'content').get(name)
    expect(await seen(response)).toEqual([200, 'content'])
    expect(
      ['content-type', 'content-disposition', 'cache-control', 'x-content-type-options'].map((header) =>
        response.headers.get(header),
      ),
    ).toEqual([type, `attachment; filename="${name}"`, 'public, max-age=3600', 'nosniff'])
  })

  test.each([
    'a%2Fb',
    'a%5Cb',
    '%2e%2e%2fsecret',
    '..%2fsecret',
    'a%00',
    '%zz',
    'a%0d%0ab',
    'a b',
    'ä',
    'a"b',
    'a'.repeat(101),
  ])('refuses the name %s and reads no file (AU-C1)', async (name) => {
    const read: string[] = []
    const { get } = start(async (file) => void read.push(file))
    expect([await seen(await get(name)), read]).toEqual([[400, 'Invalid filename'], []])
  })

  test.each(['.', '..', '%2e%2e', '.%2e', '../client-setup/../secret', '/../../secret'])(
    'a raw path that ends in %s reads no file (AU-C1)',
    async (end) => {
      const read: string[] = []
      const { port } = start(async (file) => void read.push(file))
      expect(await getRaw(port, `/client-setup/${end}`)).toMatch(/^HTTP\/1\.1 4/)
      expect(read).toEqual([])
    },
  )

  test('answers 404 for a file that does not exist, and 500 for one that cannot be read (AU-C1)', async () => {
    expect(await seen(await start(async () => undefined).get('a.json'))).toEqual([404, 'File not found'])
    const { get, records } = start(() => Promise.reject(Object.assign(new Error('secret'), { code: 'EACCES' })))
    expect(await seen(await get('a.json'))).toEqual([500, 'Internal server error'])
    expect(records).toEqual([
      { level: 'error', event: 'client_setup.unreadable', fields: { file: 'a.json', error: 'EACCES' } },
    ])
  })

  test('sends the bytes of a folder, and no file outside of it (AU-C2)', async () => {
    const folder = temporaryFolder()
    const bytes = new Uint8Array([0, 255, 13, 10])
    mkdirSync(join(folder, 'setup', 'folder'), { recursive: true })
    writeFileSync(join(folder, 'setup', 'a.bin'), bytes)
    writeFileSync(join(folder, 'secret.json'), 'secret')
    symlinkSync('../secret.json', join(folder, 'setup', 'b.json'))
    const { get } = start(readSetupFolder(join(folder, 'setup')))
    expect(await (await get('a.bin')).bytes()).toEqual(bytes)
    for (const name of ['b.json', 'folder', 'none']) expect((await get(name)).status).toBe(404)
  })
})

describe('the built-in files', () => {
  const config = { upstream: 'anthropic', clientToken: new Secret('client-token-0123456789') } as const

  test('are open to a client without a token, with GET and HEAD only (AU-C1, AU-C2)', async () => {
    const { url } = startChain({ config })
    const path = `${url}/client-setup/.credentials.json`
    const { claudeAiOauth } = (await (await fetch(path)).json()) as { claudeAiOauth: { accessToken: string } }
    expect(claudeAiOauth.accessToken).toBe('claude-1')
    const head = await fetch(path, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'application/json', ''])
    expect((await fetch(path, { method: 'POST' })).status).toBe(405)
    expect((await fetch(`${url}/client-setup/other.json`)).status).toBe(404)
  })

  test('do not exist under another upstream (AU-C1)', async () => {
    const { url } = startChain({ config: { ...defaultConfig, upstream: 'nexus' } })
    const response = await fetch(`${url}/client-setup/.credentials.json`)
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/json;charset=utf-8'])
  })
})
