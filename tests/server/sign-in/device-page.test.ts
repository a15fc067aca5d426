import { describe, expect, test } from 'bun:test'
import { defaultConfig } from '../../support/chain.ts'
import { startSignInServer } from '../../support/sign-in.ts'

type Server = ReturnType<typeof startSignInServer>

const open = async ({ url }: Pick<Server, 'url'>, query = '') => {
  const response = await fetch(`${url}/device${query}`)
  return { response, html: await response.text() }
}

/** Sends the form of the page, as a browser does. */
const send = async (server: Server, fields: Record<string, string>, headers: Record<string, string> = {}) => {
  const response = await server.form('/device', fields, { origin: server.url, ...headers })
  return { status: response.status, headers: response.headers, html: await response.text() }
}

const requestOf = ({ core }: Server): string => {
  const device = core.signIn.ask({ clientVersion: 'claude-code/2.1.332', address: '127.0.0.1' })
  if (device === undefined) throw new Error('too many requests')
  return device.userCode
}

const invited = async ({ core }: Server, name = 'alice'): Promise<string> =>
  (await core.signIn.invite(name, 3_600_000)) ?? ''

describe('/device', () => {
  test('is a page without script, which shows the code and the command, and no button (SI-P3)', async () => {
    const { response, html } = await open(startSignInServer(), '?user_code=WDJB-MJHT')
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    )
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(html).toContain('<code>WDJB-MJHT</code>')
    expect(html).toContain('<code>nexus-claude-api sign-in approve WDJB-MJHT</code>')
    expect(html).not.toMatch(/<script|<button|<form|<a |\son\w+=|javascript:/i)
  })

  test('needs no code (SI-P3)', async () => {
    const { html } = await open(startSignInServer())
    expect(html).toContain('<code>nexus-claude-api sign-in approve CODE</code>')
  })

  test.each([
    '<script>alert(1)</script>',
    '"><img src=x>',
    'WDJB-MJHT"><script>',
    'AEIO-UYAE',
    'WDJB-MJH',
    'WDJB-MJHTT',
    '\u202eWDJB-MJHT',
  ])('shows nothing of %j, which is not a code (SI-P3)', async (code) => {
    for (const approve of ['terminal', 'invite'] as const) {
      const server = startSignInServer({ approve })
      const { html } = await open(server, `?user_code=${encodeURIComponent(code)}`)
      const plain = (await open(server)).html
      expect(html).toBe(plain)
    }
  })

  test('approves nothing by itself: neither the page nor a form without an invite (SI-P3, SI-P5)', async () => {
    const server = startSignInServer()
    const userCode = requestOf(server)
    await open(server, `?user_code=${userCode}`)
    expect((await send(server, { user_code: userCode, invite: await invited(server) })).status).toBe(405)
    expect(server.core.signIn.pending().length).toBe(1)
  })

  test('takes an invite with the code, once, and names its owner (SI-P4, SI-P6)', async () => {
    const server = startSignInServer({ approve: 'invite' })
    const userCode = requestOf(server)
    const { html } = await open(server, `?user_code=${userCode}`)
    expect(html).toContain('<form method="post" action="/device">')
    expect(html).toContain(`value="${userCode}"`)
    expect(html).not.toContain('<script')
    const invite = await invited(server)
    const first = await send(server, { user_code: userCode.toLowerCase(), invite: ` ${invite} ` })
    expect([first.status, first.headers.get('content-security-policy')]).toEqual([
      200,
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    ])
    expect(first.html).toContain('Approved. Return to Claude Code.')
    expect(first.html).not.toContain('<form')
    expect(server.core.signIn.pending()).toEqual([])
    const second = await send(server, { user_code: requestOf(server), invite })
    expect([second.status, second.html.includes('This invite is not valid.')]).toEqual([400, true])
    expect(second.html).not.toContain(invite)
  })

  test('keeps an invite whose code was wrong (SI-P4)', async () => {
    const server = startSignInServer({ approve: 'invite' })
    const invite = await invited(server)
    const wrong = await send(server, { user_code: 'BBBB-BBBB', invite })
    expect([wrong.status, wrong.html.includes('No sign-in with this code is pending.')]).toEqual([400, true])
    expect((await send(server, { user_code: requestOf(server), invite })).status).toBe(200)
  })

  test('makes an address wait for a minute after five wrong invites (SI-P4)', async () => {
    const server = startSignInServer({ approve: 'invite' })
    const userCode = requestOf(server)
    for (let wrong = 0; wrong < 5; wrong += 1)
      expect((await send(server, { user_code: userCode, invite: `wrong-${wrong}` })).status).toBe(400)
    const invite = await invited(server)
    const blocked = await send(server, { user_code: userCode, invite })
    expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, '60'])
    server.core.clock.now += 60_000
    expect((await send(server, { user_code: userCode, invite })).status).toBe(200)
  })

  test.each([
    ['another page', 'https://evil.example'],
    ['a sandboxed page', 'null'],
    ['another port', 'http://127.0.0.1:1'],
    ['no page', undefined],
  ])('refuses the form of %s (SI-A8, SI-P4)', async (_, origin) => {
    const server = startSignInServer({ approve: 'invite' })
    const userCode = requestOf(server)
    const fields = { user_code: userCode, invite: await invited(server) }
    const response = await server.form('/device', fields, origin === undefined ? {} : { origin })
    expect(response.status).toBe(403)
    expect(server.core.signIn.pending().length).toBe(1)
  })

  test('refuses the form of a page that may use the API by --cors-origin (SI-A8)', async () => {
    const origin = 'https://page.example'
    const server = startSignInServer({
      approve: 'invite',
      chain: { config: { cors: { ...defaultConfig.cors, origins: [origin] } } },
    })
    const fields = { user_code: requestOf(server), invite: await invited(server) }
    expect((await send(server, fields, { origin })).status).toBe(403)
  })

  test('refuses a large form, and one of another type (SI-P4)', async () => {
    const server = startSignInServer({ approve: 'invite' })
    expect((await send(server, { invite: 'x'.repeat(9000) })).status).toBe(413)
    const other = await fetch(`${server.url}/device`, { method: 'POST', body: '{}', headers: { origin: server.url } })
    expect(other.status).toBe(400)
  })
})
