import { expect, test } from 'bun:test'
import { freePort } from '../../../scripts/support/free-port.ts'
import { selfSignedCertificate } from '../../support/certificate.ts'
import { cli, startCli } from '../../support/cli.ts'
import { describeWithRedis, startRedis } from '../../support/redis.ts'

const start = ['start', '--simulate', '--port', '0']
const address = /Address +(http:\/\/127\.0\.0\.1:\d+)/

const stop = async ({ kill, ended }: ReturnType<typeof startCli>) => {
  kill('SIGTERM')
  return ended
}

describeWithRedis('a server with Redis', () => {
  test('starts, and its outage begins and ends with one line of the log (OP-R3, OP-R5)', async () => {
    const redis = await startRedis({ options: ['--requirepass', 'sesame-open'], login: ':sesame-open' })
    const program = startCli([...start, '--log-format', 'json'], { NEXUS_STATE: redis.url })
    await program.says(/program\.listening/)
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await program.says(/"event":"state\.down","kind":"redis","reason":"closed"/)
    await program.says(/"event":"state\.up","kind":"redis","seconds":1/)
    const { code, out, err } = await stop(program)
    expect(code).toBe(0)
    expect(out + err).not.toContain('sesame')
  })

  test('does not start with a wrong password: exit code 2, with the words and without the password (OP-R6)', async () => {
    const redis = await startRedis({ options: ['--requirepass', 'right'], login: ':right' })
    const { code, err } = await startCli(start, { NEXUS_STATE: redis.url.replace('right', 'sesame-open') }).ended
    expect(code).toBe(2)
    expect(err).toContain(`Redis at redis://127.0.0.1:${redis.port}/0 refuses the user or the password.`)
    expect(err).not.toContain('sesame')
  })

  test('uses TLS with the authority of NODE_EXTRA_CA_CERTS, and refuses another one (OP-R6)', async () => {
    const { cert, key } = selfSignedCertificate()
    const port = freePort()
    await startRedis({
      options: ['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'],
    })
    const NEXUS_STATE = `rediss://localhost:${port}`
    const refused = await startCli(start, { NEXUS_STATE }).ended
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('has a certificate that is not trusted')
    const program = startCli(start, { NEXUS_STATE, NODE_EXTRA_CA_CERTS: cert })
    await program.says(address)
    const { code, err } = await stop(program)
    expect(code).toBe(0)
    expect(err).not.toMatch(/state\.down|Redis at/)
  })
})

test.each([
  ['local', 'Until Redis works, this server limits by itself.'],
  ['refuse', 'Until Redis works, this server refuses requests with status 529.'],
])('a server starts without a Redis that runs, with %s and a warning (OP-R5, OP-R6)', async (policy, words) => {
  const program = startCli(start, {
    NEXUS_STATE: `redis://:sesame-open@127.0.0.1:${freePort()}`,
    NEXUS_STATE_ON_OUTAGE: policy,
  })
  await program.says(address)
  const { code, err } = await stop(program)
  expect(code).toBe(0)
  expect(err.replaceAll(/\s+/g, ' ')).toContain(words)
  expect(err).toContain('refuses the connection')
  expect(err).not.toContain('sesame')
})

test('an address that is not valid ends the start, and users see the address without the login (OP-R6)', async () => {
  const refused = await cli([...start, '--state', 'https://me:sesame-open@x.example'])
  expect(refused.code).toBe(2)
  expect(refused.err).toContain('state.url begins with https://')
  const environment = { NEXUS_STATE: 'redis://me:sesame-open@redis.example' }
  const shown = await cli(['config', 'show'], environment)
  const dryRun = await cli(['start', '--simulate', '--dry-run'], environment)
  for (const { out, err } of [shown, dryRun]) expect(out + err).toContain('redis://redis.example:6379/0 (with a login)')
  for (const { out, err } of [refused, shown, dryRun]) expect(out + err).not.toContain('sesame')
})
