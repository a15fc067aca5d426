import { expect, test } from 'bun:test'
import { freePort } from '../../../scripts/support/free-port.ts'
import { Secret } from '../../../src/base/secret.ts'
import { toRedisFault } from '../../../src/cli/state/redis-faults.ts'
import { probeRedis } from '../../../src/cli/state/redis-probe.ts'
import { stateAddressOf } from '../../../src/config/state-address.ts'
import { selfSignedCertificate } from '../../support/certificate.ts'
import { afterTest } from '../../support/cleanup.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { describeWithRedis, startRedis } from '../../support/redis.ts'

const probe = async (url: string) => {
  const address = stateAddressOf(new Secret(url))
  if (address === undefined) throw new Error('no address')
  return probeRedis(address, 'nexus:1:')
}

/** `lasting: problem remedy`, or `passing: ...`. */
const faultOf = async (url: string): Promise<string> => {
  const found = await probe(url)
  if (!('problem' in found)) return JSON.stringify(found)
  const { problem, remedy, isLasting } = found
  return `${isLasting ? 'lasting' : 'passing'}: ${problem} ${remedy}`
}

const startServer = (open: string, answer: string): string => {
  const listener = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open: (socket) => void socket.write(open),
      data: (socket) => void socket.write(answer),
    },
  })
  afterTest(() => listener.stop(true))
  return `redis://127.0.0.1:${listener.port}`
}

describeWithRedis('the probe of a Redis (OP-R6)', () => {
  test('says that it works, with its version, and leaves no key', async () => {
    const redis = await startRedis()
    expect(await probe(`${redis.url}/5`)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+/),
      ms: expect.any(Number),
      evicts: false,
    })
    expect(await redis.command('EXISTS', 'nexus:1:probe:account')).toBe(0)
    expect(Number(await redis.command('PTTL', 'nexus:1:probe:bucket'))).toBeLessThan(1100)
  })

  test('says whether Redis may forget keys', async () => {
    const redis = await startRedis({ options: ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'] })
    expect(await probe(redis.url)).toMatchObject({ evicts: true })
    await redis.command('CONFIG', 'SET', 'maxmemory', '0')
    expect(await probe(redis.url)).toMatchObject({ evicts: false })
  })

  test('tells a wrong password from a missing one, and a missing database', async () => {
    const redis = await startRedis({ options: ['--requirepass', 'p@ss:/'], login: ':p%40ss%3A%2F' })
    const address = `127.0.0.1:${redis.port}`
    expect(await probe(`${redis.url}/1`)).toMatchObject({ evicts: false })
    expect(await faultOf(`redis://${address}`)).toStartWith(
      `lasting: Redis at redis://${address}/0 requires a password. Write it into state.url`,
    )
    expect(await faultOf(`redis://:sesame@${address}`)).toStartWith(
      `lasting: Redis at redis://${address}/0 refuses the user or the password. Check them in state.url.`,
    )
    expect(await faultOf(`${redis.url}/99`)).toStartWith(
      `lasting: Redis at redis://${address}/99 has no database 99. Change the number`,
    )
  })

  test.each(['-eval', '-pexpireat', '-time'])('names a missing right: %s', async (right) => {
    const redis = await startRedis({ options: ['--user', 'nexus', 'on', '>pass', '~nexus:1:*', '+@all', right] })
    expect(await faultOf(redis.url.replace('//', '//nexus:pass@'))).toContain(
      'does not allow this user what the server needs. Give the user the rights',
    )
  })

  test('names keys that the user may not use', async () => {
    const redis = await startRedis({ options: ['--user', 'nexus', 'on', '>pass', '~other:*', '+@all'] })
    expect(await faultOf(redis.url.replace('//', '//nexus:pass@'))).toStartWith('lasting: ')
  })

  test('takes missing memory, and a replica, for something that passes', async () => {
    const redis = await startRedis()
    await redis.command('CONFIG', 'SET', 'maxmemory', '1')
    expect(await faultOf(redis.url)).toContain('passing: Redis at ')
    expect(await faultOf(redis.url)).toContain('has no memory left (OOM). Raise maxmemory')
    await redis.command('CONFIG', 'SET', 'maxmemory', '0')
    const other = await startRedis()
    await redis.command('REPLICAOF', '127.0.0.1', String(other.port))
    expect(await faultOf(redis.url)).toStartWith('passing: ')
  })

  test('connects to a Unix socket', async () => {
    const path = `${temporaryFolder()}/redis.sock`
    await startRedis({ options: ['--unixsocket', path] })
    expect(await probe(`redis+unix://${path}`)).toMatchObject({ evicts: false })
    expect(await faultOf(`redis+unix://${path}.other`)).toContain('passing: ')
  })

  test('checks the certificate, before it sends the password', async () => {
    const { cert, key } = selfSignedCertificate()
    const port = freePort()
    await startRedis({
      options: ['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'],
    })
    expect(await faultOf(`rediss://:sesame@localhost:${port}`)).toMatch(
      /^lasting: Redis at rediss:\/\/localhost:\d+\/0 has a certificate that is not trusted \(\w+\)\. Set NODE_EXTRA_CA_CERTS/,
    )
    expect(await faultOf(`redis://localhost:${port}`)).toContain('begin state.url with rediss://')
  })
})

test('each fault before Redis has its words and its remedy (OP-R6)', async () => {
  const refused = freePort()
  expect(await faultOf(`redis://:sesame@127.0.0.1:${refused}`)).toBe(
    `passing: Redis at redis://127.0.0.1:${refused}/0 refuses the connection. Check that it runs. Check the host and the port in state.url.`,
  )
  const folder = temporaryFolder()
  expect(await faultOf(`redis+unix://:sesame@localhost${folder}/redis.sock`)).toBe(
    `passing: Redis at redis+unix://${folder}/redis.sock has no socket there (ENOENT). Check that it runs. Check the path in state.url.`,
  )
  expect(await faultOf('redis://:sesame@host.invalid')).toBe(
    'lasting: Redis at redis://host.invalid:6379/0 cannot be found: there is no host host.invalid. Check the host and the port in state.url.',
  )
  expect(await faultOf(startServer('SSH-2.0-x\r\n', ''))).toContain(
    'does not speak the protocol of Redis. Check the host',
  )
  expect(await faultOf(startServer('', 'HTTP/1.1 400 Bad Request\r\n\r\n'))).toContain(
    'does not speak the protocol of Redis',
  )
  expect(await faultOf(startServer('', "-ERR unknown command 'HELLO'\r\n"))).toContain('is too old. Use Redis 6')
  expect(await faultOf(startServer('', '-LOADING Redis is loading\r\n'))).toContain('passing: ')
  expect(await faultOf(startServer('', '-LOADING Redis is loading\r\n'))).toContain('still loads its data (LOADING)')
  expect(await faultOf(startServer('', '-MOVED 1 127.0.0.1:1\r\n'))).toContain('lasting: ')
  expect(await faultOf(startServer('', '-BUSY a script runs\r\n'))).toContain('answers with an error (BUSY).')
})

test('a server that closes the connection, or answers nothing, may be one that uses TLS (OP-R6)', async () => {
  const closing = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: { data: (socket) => void socket.end() },
  })
  afterTest(() => closing.stop(true))
  expect(await faultOf(`redis://127.0.0.1:${closing.port}`)).toContain(
    'closes the connection. If it uses TLS, begin state.url with rediss://.',
  )
  expect(await faultOf(startServer('', ''))).toContain('does not answer within 2 s (ETIMEDOUT).')
})

test('a socket that this user may not open is a fault of its own (OP-R6)', () => {
  const address = stateAddressOf(new Secret('redis+unix:///run/redis.sock'))
  expect(address && toRedisFault('EACCES', address)).toEqual({
    problem: 'Redis at redis+unix:///run/redis.sock may not be used by this user (EACCES).',
    remedy: 'Give this user the right to write to the socket.',
    isLasting: true,
  })
})
