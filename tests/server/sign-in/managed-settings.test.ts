import { expect, test } from 'bun:test'
import { checksumOf } from '../../../src/gateway/sign-in/managed-settings.ts'
import { defaultConfig } from '../../support/chain.ts'
import { clientEntry, tokenOf } from '../../support/named-clients.ts'
import { signedIn, startSignInServer } from '../../support/sign-in.ts'

type Server = ReturnType<typeof startSignInServer>
type Options = NonNullable<Parameters<typeof startSignInServer>[0]>

const path = '/managed/settings'
const { signIn: signInSettings } = defaultConfig

/** A server with one who has signed in, and what that client reads. */
const start = async (options: Options = {}) => {
  const server: Server = startSignInServer(options)
  const { accessToken } = await signedIn(server.core)
  const read = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(server.url + path, { headers: { authorization: `Bearer ${accessToken}`, ...headers } })
  return { ...server, read }
}

test('the settings have an id of the installation, and their checksum as the tag (SI-M1, SI-M4)', async () => {
  const { read, url, records } = await start()
  const response = await read()
  expect(response.status).toBe(200)
  const body = (await response.json()) as { uuid: string; checksum: string; settings: Record<string, unknown> }
  expect(body).toEqual({ uuid: 'installation', checksum: checksumOf(body.settings), settings: expect.any(Object) })
  expect(body.settings).toMatchObject({ model: 'claude-sonnet-4-6', modelPicker: { options: [{}, {}, {}] } })
  expect(response.headers.get('etag')).toBe(`"${checksumOf(body.settings)}"`)
  expect((await fetch(url + path)).status).toBe(401)
  expect(JSON.stringify(records)).not.toContain('claude-sonnet-4-6')
})

test('the checksum of the settings that a client holds gets a 304, and nothing else does (SI-M4)', async () => {
  const { read } = await start()
  const tag = String((await read()).headers.get('etag'))
  for (const held of [tag, `W/${tag}`, `"sha256:old", ${tag}`]) {
    const unchanged = await read({ 'if-none-match': held })
    expect([unchanged.status, await unchanged.text()]).toEqual([304, ''])
    expect(unchanged.headers.get('etag')).toBe(tag)
  }
  for (const held of ['*', '"sha256:old"', tag.replaceAll('"', ''), ''])
    expect([held, (await read({ 'if-none-match': held })).status]).toEqual([held, 200])
})

test('a named client gets its own models (SI-M1)', async () => {
  const clients = [clientEntry('alice', { models: ['opus'] }), clientEntry('bob')]
  const { url } = startSignInServer({ chain: { clients } })
  const modelsOf = async (name: string): Promise<unknown> => {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${tokenOf(name)}` } })
    return ((await response.json()) as { settings: Record<string, unknown> }).settings['availableModels']
  }
  expect(await modelsOf('alice')).toEqual(['claude-opus-4-6'])
  expect(await modelsOf('bob')).toHaveLength(3)
})

test("the owner's settings win (SI-M3)", async () => {
  const signIn = { ...signInSettings, settings: { model: 'claude-haiku-4-5', skipWebFetchPreflight: true } }
  const { read } = await start({ chain: { config: { signIn } } })
  expect(await (await read()).json()).toMatchObject({
    settings: { model: 'claude-haiku-4-5', skipWebFetchPreflight: true, env: {} },
  })
})

test('without serveSettings there are none (SI-M5)', async () => {
  const { read } = await start({ chain: { config: { signIn: { ...signInSettings, serveSettings: false } } } })
  expect((await read()).status).toBe(404)
})
