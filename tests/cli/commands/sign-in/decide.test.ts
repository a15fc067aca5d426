import { describe, expect, test } from 'bun:test'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChain } from '../../../support/chain.ts'
import { cli } from '../../../support/cli.ts'
import { writeFile } from '../../../support/files.ts'
import { startSignInCommands } from '../../../support/sign-in-command.ts'

const noServer = 'No server with sign-in is running as this user. Start one: nexus-claude-api start --sign-in\n'

describe('sign-in approve', () => {
  test('approves a code, in any case and without its hyphen (SI-P2)', async () => {
    const { run, requestCode, server } = startSignInCommands()
    for (const typed of [(code: string) => code, (code: string) => code.toLowerCase().replace('-', '')]) {
      const code = requestCode()
      expect(await run('approve', typed(code))).toEqual({
        code: 0,
        out: '',
        err: `${code} is approved. Return to Claude Code.\n`,
      })
    }
    expect(server.core.signIn.pending()).toEqual([])
  })

  test('lists the codes that wait for a wrong code, and exits with 1 (SI-P2)', async () => {
    const { run, requestCode } = startSignInCommands()
    const codes = [requestCode(), requestCode()]
    const { code, out, err } = await run('approve', 'BBBB-BBBB')
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(
      `No sign-in with this code is pending.\nPending:\n${codes.map((one) => `  ${one}  claude-code/2.1.332  127.0.0.1  expires in ${minutesOf(err)} min\n`).join('')}`,
    )
  })

  test('says what to do if no code waits (SI-P2)', async () => {
    const { run } = startSignInCommands()
    for (const action of ['approve', 'deny'])
      expect(await run(action, 'BBBB-BBBB')).toEqual({
        code: 1,
        out: '',
        err: 'No sign-in with this code is pending.\nNo sign-in is pending. Run /login in Claude Code.\n',
      })
  })

  test('wants the name of a known client from a server with named clients (SI-P2)', async () => {
    const names = ['alice', 'bob']
    const { run, requestCode } = startSignInCommands({
      isClient: (name) => names.includes(name),
      clientNames: () => names,
    })
    const code = requestCode()
    expect((await run('approve', code)).err).toBe(
      'This server has named clients. Give the name of the client with --as.\n',
    )
    expect(await run('approve', code, '--as', 'alcie')).toEqual({
      code: 1,
      out: '',
      err: 'No client has the name alcie, or it may not use the server. Did you mean alice?\n',
    })
    expect((await run('approve', code, '--as', 'alice')).err).toBe(
      `${code} is approved as alice. Return to Claude Code.\n`,
    )
  })

  test('needs a running server of the same user (SI-P2)', async () => {
    expect(await cli(['sign-in', 'approve', 'WDJB-MJHT'])).toEqual({ code: 1, out: '', err: noServer })
    const { run, own } = startSignInCommands()
    const stopped = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
    const url = `http://127.0.0.1:${stopped.port}`
    await stopped.stop(true)
    writeFile(join(own, 'server.json'), { url, pid: process.pid })
    expect(await run('approve', 'WDJB-MJHT')).toEqual({ code: 1, out: '', err: noServer })
    rmSync(join(own, 'admin'))
    expect(await run('approve', 'WDJB-MJHT')).toEqual({ code: 1, out: '', err: noServer })
  })

  test('is refused with another secret, and by a server without sign-in (SI-P2)', async () => {
    const { run, own, requestCode, server } = startSignInCommands()
    const userCode = requestCode()
    writeFileSync(join(own, 'admin'), 'another-secret')
    expect(await run('approve', userCode)).toEqual({
      code: 1,
      out: '',
      err: 'The secret of sign-in is missing or wrong.\n',
    })
    expect(server.core.signIn.pending().length).toBe(1)
    const { url } = startChain()
    writeFile(join(own, 'server.json'), { url, pid: process.pid })
    expect(await run('approve', userCode)).toEqual({
      code: 1,
      out: '',
      err: `The server at ${url} does not answer as one with sign-in (status 404). Start it with --sign-in.\n`,
    })
  })
})

/** The clock of the server is the test's: all requests expire at the same time. */
const minutesOf = (text: string): string => /expires in (\d+) min/.exec(text)?.[1] ?? ''

describe('sign-in deny', () => {
  test('refuses a code (SI-P2)', async () => {
    const { run, requestCode, server } = startSignInCommands()
    const code = requestCode()
    expect(await run('deny', code)).toEqual({ code: 0, out: '', err: `${code} is refused.\n` })
    expect(server.core.signIn.approve(code)).toBe('unknownCode')
  })
})
