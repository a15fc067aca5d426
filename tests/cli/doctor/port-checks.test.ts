import { describe, expect, test } from 'bun:test'
import { createServer } from 'node:net'
import { version } from '../../../src/version.ts'
import { startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { doctor } from '../../support/doctor.ts'

describe('the port', () => {
  const taken = async (): Promise<number> => {
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    afterTest(() => void server.close())
    const address = server.address()
    return typeof address === 'object' ? (address?.port ?? 0) : 0
  }
  const portOf = async (port: number, ...more: string[]) =>
    (await doctor(['--offline', '--port', String(port), ...more])).of('port')

  test('fails if another program uses it', async () => {
    const port = await taken()
    expect(await portOf(port)).toMatchObject({
      status: 'fail',
      detail: `another program uses port ${port} on 127.0.0.1`,
      remedy: expect.stringMatching(/^Choose another port with --port/),
    })
  })

  test('accepts a running server of this program', async () => {
    const port = Number(new URL(startChain().url).port)
    expect(await portOf(port)).toMatchObject({ status: 'ok', data: { port, version, pid: process.pid } })
  })

  test('is free, and stays free', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    await new Promise((resolve) => server.close(resolve))
    for (const _ of ['once', 'again']) expect(await portOf(port)).toMatchObject({ status: 'ok', data: { port } })
  })

  test('fails if the address does not belong to this machine', async () => {
    // Reserved for documentation: no machine has it.
    expect(await portOf(4141, '--host', '192.0.2.1')).toMatchObject({
      status: 'fail',
      remedy: expect.stringContaining('Use an address of this machine'),
    })
  })
})
