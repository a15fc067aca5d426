import { expect, test } from 'bun:test'
import { proxyOnTheWay } from '../../../src/cli/system/proxy.ts'

const nexus = 'https://nexus.example:8443/path'
const proxy = 'http://us%40er:secret@proxy.example:3128'

test.each([
  [{ HTTPS_PROXY: proxy }, 'proxy.example:3128'],
  [{ https_proxy: 'user:secret@proxy.example:3128' }, 'proxy.example:3128'],
  [{ ALL_PROXY: 'socks5://user:secret@proxy.example:1080' }, 'proxy.example:1080'],
  [{ HTTPS_PROXY: ' ', all_proxy: 'proxy.example' }, 'proxy.example'],
  [{ HTTP_PROXY: proxy }, undefined],
  [{ HTTPS_PROXY: 'http://user:secret@:::' }, undefined],
  [{ HTTPS_PROXY: 'http://user:12#secret@proxy.example:3128' }, undefined],
  [{ HTTPS_PROXY: 'http://user:12/secret@proxy.example:3128' }, undefined],
  [{}, undefined],
  ...['*', 'nexus.example', 'NEXUS.example', 'nexus.example:8443', 'x, .example', '*.example', 'example'].map(
    (NO_PROXY) => [{ HTTPS_PROXY: proxy, NO_PROXY }, undefined] as const,
  ),
  ...['nexus.example:1', 'us.example', '.', '*.', 'other.example'].map(
    (NO_PROXY) => [{ HTTPS_PROXY: proxy, NO_PROXY }, 'proxy.example:3128'] as const,
  ),
])('%p', (environment, expected) => {
  expect(proxyOnTheWay(environment, nexus)).toBe(expected as string)
})

test('the proxy depends on the protocol, and is never used for this machine', () => {
  const environment = { HTTP_PROXY: 'http://plain.example:80', HTTPS_PROXY: 'http://secure.example:81' }
  expect(proxyOnTheWay(environment, 'http://nexus.example')).toBe('plain.example')
  expect(proxyOnTheWay(environment, 'https://nexus.example')).toBe('secure.example:81')
  expect(proxyOnTheWay(environment, 'http://127.0.0.1:1')).toBeUndefined()
})
