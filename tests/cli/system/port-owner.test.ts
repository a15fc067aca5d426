import { describe, expect, test } from 'bun:test'
import { createServer } from 'node:net'
import { parseLsof, parseNetstat, parseTasklist } from '../../../src/cli/system/listening-programs.ts'
import { findPortOwner, ownerWords } from '../../../src/cli/system/port-owner.ts'
import { outputOf } from '../../../src/cli/system/run-program.ts'
import { version } from '../../../src/version.ts'
import { startChain } from '../../support/chain.ts'
import { later } from '../../support/cleanup.ts'

const here = '127.0.0.1'

describe('who has a port', () => {
  test('another of us says so itself, on every system', async () => {
    const port = Number(new URL(startChain().url).port)
    for (const platform of ['linux', 'darwin', 'win32', 'other'])
      expect(await findPortOwner(here, port, platform)).toEqual({ kind: 'ours', version, pid: process.pid })
  })

  test('a program is named by the system, where there is a way to ask it', async () => {
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, here, resolve))
    later(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    if (process.platform === 'linux')
      expect(await findPortOwner(here, port, 'linux')).toMatchObject({ kind: 'other', pid: process.pid })
    expect(await findPortOwner(here, port, 'other')).toBeUndefined()
    // Without lsof, as on many machines, nobody tells; with it, it is this process.
    const told = await findPortOwner(here, port, 'darwin')
    expect([undefined, process.pid]).toContain(told?.pid)
  })

  test('in words', () => {
    expect(ownerWords({ kind: 'ours', version: '1.2.3', pid: 4711 })).toBe(
      'another nexus-claude-api (version 1.2.3, process 4711)',
    )
    expect(ownerWords({ kind: 'other', name: 'python3', pid: 4711 })).toBe('python3 (process 4711)')
  })
})

describe("the systems' own tools", () => {
  test('lsof, on macOS', () => {
    const text = `COMMAND     PID USER   FD   TYPE             DEVICE SIZE/OFF NODE NAME
Code\\x20Hel 812 anna   23u  IPv4 0x1f3c5d7e9b0a2c4d      0t0  TCP 127.0.0.1:4141 (LISTEN)
`
    expect(parseLsof(text)).toEqual({ name: 'Code Hel', pid: 812 })
    expect(parseLsof('')).toBeUndefined()
    expect(parseLsof('COMMAND PID USER\n')).toBeUndefined()
  })

  test('netstat, on Windows, in whatever language it speaks', () => {
    const text = `
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    0.0.0.0:135            0.0.0.0:0              ABH\u00d6REN         1104
  TCP    127.0.0.1:50123        127.0.0.1:4141         HERGESTELLT      77
  TCP    127.0.0.1:4141         127.0.0.1:50123        HERGESTELLT      78\r
  TCP    127.0.0.1:4141         0.0.0.0:0              ABH\u00d6REN         9120\r
  TCP    [::1]:4142             [::]:0                 ABH\u00d6REN         9121
`
    expect(parseNetstat(text, 4141)).toBe(9120)
    expect(parseNetstat(text, 4142)).toBe(9121)
    expect(parseNetstat(text, 141)).toBeUndefined()
    expect(parseNetstat('', 4141)).toBeUndefined()
  })

  test('tasklist, on Windows', () => {
    expect(parseTasklist('"node.exe","9120","Console","1","50.000 K"\r\n')).toBe('node.exe')
    expect(parseTasklist('INFO: No tasks are running which match the specified criteria.\r\n')).toBeUndefined()
  })
})

describe('what a program prints', () => {
  const deadlineMs = 10_000
  const program = (script: string): string[] => [process.execPath, '-e', script]

  test('where it ends well, in the environment that is given', async () => {
    expect(
      await outputOf(program('console.log(process.env.WORD)'), { environment: { WORD: 'said' }, deadlineMs }),
    ).toBe('said\n')
  })

  test('nothing where it is not there, fails, or takes too long', async () => {
    expect(await outputOf(['/nowhere/program'], { deadlineMs })).toBeUndefined()
    expect(await outputOf(program('console.log(1); process.exit(3)'), { deadlineMs })).toBeUndefined()
    expect(await outputOf(program('setInterval(() => {}, 1000)'), { deadlineMs: 50 })).toBeUndefined()
  })
})
