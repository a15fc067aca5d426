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

  test('is taken by another program', async () => {
    const port = await taken()
    expect(await portOf(port)).toMatchObject({
      status: 'fail',
      detail: `${port} on 127.0.0.1 is taken by another program`,
      remedy: expect.stringMatching(/^Choose another port with --port/),
    })
  })

  test('is taken by one of us, which is fine', async () => {
    const port = Number(new URL(startChain().url).port)
    expect(await portOf(port)).toMatchObject({ status: 'ok', data: { port, version, pid: process.pid } })
  })

  test('is free, and stays so', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    await new Promise((resolve) => server.close(resolve))
    for (const _ of ['once', 'again']) expect(await portOf(port)).toMatchObject({ status: 'ok', data: { port } })
  })

  test('is on an address that is not of this machine', async () => {
    // Set aside for documentation: nobody has it.
    expect(await portOf(4141, '--host', '192.0.2.1')).toMatchObject({
      status: 'fail',
      remedy: expect.stringContaining('Is --host an address of this machine?'),
    })
  })
})
