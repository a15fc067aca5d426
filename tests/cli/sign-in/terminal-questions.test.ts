import { describe, expect, test } from 'bun:test'
import { freePort } from '../../../scripts/support/free-port.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { cliInTerminal, hasTerminals } from '../../support/terminal.ts'
import { waitUntil } from '../../support/wait-until.ts'

/** A server with sign-in in a terminal of its own. */
const startInTerminal = async (args: readonly string[] = [], environment: Record<string, string> = {}) => {
  const port = await freePort()
  const folder = temporaryFolder()
  const terminal = cliInTerminal(
    ['start', '--simulate', '--sign-in', '--port', String(port), ...args],
    environment,
    folder,
  )
  await terminal.shows(/Next /)
  const post = (path: string, fields: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}/oauth/${path}`, { method: 'POST', body: new URLSearchParams(fields) })
  return {
    ...terminal,
    /** What Claude Code sends first. */
    async requestCode() {
      const response = await post('device_authorization', { surface: 'claude_code' })
      return (await response.json()) as { device_code: string; user_code: string }
    },
    async poll(device_code: string) {
      const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
      return (await post('token', { grant_type, device_code })).status
    },
    /** Presses the key until it counts: keys of the first half second do not. */
    answers: (key: string, expected: RegExp) =>
      waitUntil(() => {
        terminal.types(key)
        return expected.test(terminal.screen())
      }),
  }
}

describe.if(hasTerminals)('start --sign-in in a terminal', () => {
  test('approves with y, and restores the terminal (SI-P1)', async () => {
    const server = await startInTerminal()
    expect(server.echoes()).toBe(true)
    const { user_code, device_code } = await server.requestCode()
    await server.shows(new RegExp(`Claude Code asks to sign in: ${user_code} \\(\\S+,\\s+127\\.0\\.0\\.1\\)`))
    expect(server.echoes()).toBe(false)
    await server.answers('y', new RegExp(`${user_code} is approved\\.`))
    // The program restores the terminal after the words.
    await waitUntil(server.echoes)
    expect(await server.poll(device_code)).toBe(200)
    server.types('\u0003')
    expect(await server.ended).toBe(0)
  })

  test('refuses with n (SI-P1)', async () => {
    const server = await startInTerminal()
    const { user_code, device_code } = await server.requestCode()
    await server.shows(/y approves,\s+n\s+refuses/)
    await server.answers('n', new RegExp(`${user_code} is refused\\.`))
    expect(await server.poll(device_code)).toBe(400)
  })

  test('ends with Ctrl-C during a question, in the usual way (SI-P1)', async () => {
    const server = await startInTerminal()
    await server.requestCode()
    await server.shows(/y approves,\s+n\s+refuses/)
    server.types('\u0003')
    expect(await server.ended).toBe(0)
    expect(server.echoes()).toBe(true)
  })

  test('restores the terminal after SIGTERM (SI-P1)', async () => {
    const server = await startInTerminal()
    await server.requestCode()
    await server.shows(/y approves,\s+n\s+refuses/)
    server.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    expect(server.echoes()).toBe(true)
  })

  test('names the command in a CI job, and does not ask with invites (SI-P1, SI-P2, SI-P5)', async () => {
    const server = await startInTerminal([], { CI: 'true' })
    const { user_code } = await server.requestCode()
    await server.shows(new RegExp(`Approve it with\\s+nexus-claude-api sign-in approve\\s+${user_code}`))
    expect(server.echoes()).toBe(true)
    const other = await startInTerminal([], { NEXUS_SIGN_IN_APPROVE: 'invite' })
    await other.requestCode()
    await other.shows(/POST \/oauth\/device_authorization/)
    expect(other.screen()).not.toContain('asks to sign in')
  })
})
