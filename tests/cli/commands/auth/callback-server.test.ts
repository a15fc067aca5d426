import { describe, expect, test } from 'bun:test'
import { type CallbackServer, openCallbackServer } from '../../../../src/cli/commands/auth/callback-server.ts'
import { afterTest } from '../../../support/cleanup.ts'

const open = (port = 0): CallbackServer => {
  const server = openCallbackServer(port)
  if (server === undefined) throw new Error('The port is not free.')
  afterTest(() => server.close())
  return server
}

const minuteMs = 60_000

describe('the server of a login', () => {
  test('accepts only GET /callback with the state of the login, and only once (AU-O13)', async () => {
    const server = open()
    const base = `http://127.0.0.1:${server.port}`
    const result = server.waitFor('a-state', minuteMs)
    const wrong: [string, RequestInit | undefined, number][] = [
      ['/', undefined, 404],
      ['/callback/', undefined, 404],
      ['/callback/x?code=c&state=a-state', undefined, 404],
      ['/callback?code=c&state=a-state', { method: 'POST' }, 404],
      ['/callback', undefined, 400],
      ['/callback?code=c', undefined, 400],
      ['/callback?code=c&state=b-state', undefined, 400],
      ['/callback?code=c&state=', undefined, 400],
      ['/callback?state=a-state', undefined, 400],
      ['/callback?code=c&code=d&state=a-state', undefined, 400],
      ['/callback?code=c&state=a-state&state=b', undefined, 400],
    ]
    for (const [path, init, status] of wrong) {
      expect([path, (await fetch(base + path, init)).status]).toEqual([path, status])
    }
    const answer = await fetch(`${base}/callback?code=c&state=a-state`)
    expect([answer.status, await result]).toEqual([200, { kind: 'code', code: 'c' }])
    expect((await fetch(`${base}/callback?code=d&state=a-state`)).status).toBe(400)
  })

  test('answers with a page that runs no script and shows no code (AU-O13)', async () => {
    const server = open()
    const result = server.waitFor('a-state', minuteMs)
    const answer = await fetch(`http://127.0.0.1:${server.port}/callback?code=the-code&state=a-state`)
    await result
    expect(answer.headers.get('content-security-policy')).toStartWith("default-src 'none'")
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.text()).not.toMatch(/<script|the-code|a-state/)
  })

  test('reports a declined login, and one that takes too long (AU-O13)', async () => {
    const declined = open()
    const result = declined.waitFor('a-state', minuteMs)
    await fetch(`http://127.0.0.1:${declined.port}/callback?error=access_denied&state=a-state`)
    expect(await result).toEqual({ kind: 'declined' })
    expect(await open().waitFor('a-state', 1)).toEqual({ kind: 'late' })
  })

  test('knows no state before the login begins', async () => {
    const server = open()
    expect((await fetch(`http://127.0.0.1:${server.port}/callback?code=c&state=`)).status).toBe(400)
  })

  test('needs a free port, and frees it at the end (AU-O13)', async () => {
    const first = open()
    expect(openCallbackServer(first.port)).toBeUndefined()
    await first.close()
    expect(open(first.port).port).toBe(first.port)
  })

  test('does not listen if another program has the other address: a browser may prefer it (AU-O13)', async () => {
    const other = Bun.serve({ hostname: '::1', port: 0, fetch: () => new Response('other') })
    afterTest(() => other.stop(true))
    expect(openCallbackServer(other.port ?? 0)).toBeUndefined()
    // The first address is free again.
    const again = Bun.serve({ hostname: '127.0.0.1', port: other.port ?? 0, fetch: () => new Response() })
    await again.stop(true)
  })
})
