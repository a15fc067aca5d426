import { describe, expect, test } from 'bun:test'
import { startClients } from '../../../support/clients-command.ts'

const startTwo = async () => {
  const clients = startClients()
  await clients.run(['add', 'alice'])
  await clients.run(['add', 'bob'])
  return clients
}

describe('clients disable, enable and remove', () => {
  test('change one client, and keep its token (OP-A5)', async () => {
    const { run, read, path } = await startTwo()
    const [alice, bob] = read()
    expect(await run(['disable', 'bob'])).toEqual({ code: 0, out: '', err: `Client bob is disabled (${path}).\n` })
    expect(read()).toEqual([alice ?? {}, { ...bob, disabled: true }])
    await run(['disable', 'bob'])
    expect(await run(['enable', 'bob'])).toEqual({ code: 0, out: '', err: `Client bob is enabled (${path}).\n` })
    expect(read()).toEqual([alice ?? {}, bob ?? {}])
    await run(['enable', 'bob'])
    expect(await run(['remove', 'alice'])).toEqual({ code: 0, out: '', err: `Client alice is removed (${path}).\n` })
    expect(read()).toEqual([bob ?? {}])
  })

  test.each(['disable', 'enable', 'remove'])(
    '%s refuses an unknown client, and shows no token (OP-A5, OP-A8)',
    async (command) => {
      const { run, read } = await startTwo()
      const token = `nxc_${'x'.repeat(43)}`
      const { code, err } = await run([command, token])
      expect([code, err]).toEqual([2, expect.stringContaining('has no client.') as never])
      expect(err).not.toContain(token)
      expect(read().length).toBe(2)
    },
  )
})
