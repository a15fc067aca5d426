import { expect, test } from 'bun:test'
import { freePort } from '../../../scripts/support/free-port.ts'
import { doctor } from '../../support/doctor.ts'
import { describeWithRedis, startRedis } from '../../support/redis.ts'

const args = ['--simulate']

describeWithRedis('doctor with Redis (OP-R6)', () => {
  test('shows that it works, and its version', async () => {
    const redis = await startRedis()
    const { of } = await doctor(args, { NEXUS_STATE: redis.url })
    expect(of('state')).toMatchObject({ status: 'ok', title: 'Redis' })
    expect(of('state').detail).toMatch(/^redis:\/\/127\.0\.0\.1:\d+\/0 works \(Redis \d+\.\d+\.\d+, [\d.]+ ms\)$/)
  })

  test('warns about a Redis that may forget budgets', async () => {
    const redis = await startRedis({ options: ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'] })
    const { of } = await doctor(args, { NEXUS_STATE: redis.url })
    expect(of('state')).toMatchObject({
      status: 'warn',
      remedy: 'Set maxmemory-policy to noeviction: otherwise Redis forgets budgets when it needs memory.',
    })
  })
})

test('doctor names the fault of a Redis and its remedy, without the password (OP-R6)', async () => {
  const { code, of, said } = await doctor(args, { NEXUS_STATE: `redis://:sesame-open@127.0.0.1:${freePort()}` })
  expect(code).toBe(1)
  expect(of('state')).toMatchObject({ status: 'fail' })
  expect(of('state').detail).toContain('refuses the connection.')
  expect(said).not.toContain('sesame')
})

test('doctor connects to no Redis with --offline, and has no such line without one (OP-R6)', async () => {
  const { of } = await doctor([...args, '--offline'], { NEXUS_STATE: 'redis://127.0.0.1:1' })
  expect(of('state')).toMatchObject({ status: 'skip' })
  const without = await doctor([...args, '--offline'])
  expect(without.checks.map(({ id }) => id)).not.toContain('state')
})
