import assert from 'node:assert/strict'
import { resultText } from '../../../src/simulator/read-request.ts'
import { type Case, prompt, succeeded } from '../case.ts'
import { bash, turns } from '../conversation.ts'
import type { Session } from '../session.ts'
import type { TerminalRun } from '../terminal.ts'

/** A user who has only the address of the server in the settings of Claude Code, and signs in with /login. */

const partsOf = ({ signIn, admin }: Session) => {
  assert.ok(signIn && admin)
  return { signIn, admin }
}

const userCode = /Code:\s+([A-Z]{4}-[A-Z]{4})/

/** Approves the code on the screen with the command, as a user in another terminal. */
const approve = async (session: Session, terminal: TerminalRun): Promise<void> => {
  const [, code = ''] = await terminal.shows(userCode)
  assert.match(terminal.text(), new RegExp(`sign-in approve ${code}`))
  await session.admin?.(['sign-in', 'approve', code])
  await terminal.accepts(/Press Enter to continue/)
  // With settings from the server, the client redraws its screen, which removes the first words.
  await terminal.shows(/Login successful|· Cloud gateway/)
  await terminal.shows(/^❯\s*$/m)
}

const countOf = (session: Session, event: string): number => session.serverLog().split(`"event":"${event}"`).length - 1

/** The first sign-in of the machine, and a turn with a tool. */
export const signsIn = async (session: Session, terminal: TerminalRun): Promise<void> => {
  await terminal.shows(/Not logged in/)
  await terminal.says('/login')
  await terminal.acceptsOnce(/Enter to connect/)
  await terminal.chooses('Yes, trust this gateway')
  await approve(session, terminal)
  await terminal.says('hello')
  await terminal.shows(/● The tool said from-the-tool/)
}

/** The tokens last over restarts of the client and the server, and over their hour. */
const staysSignedIn = async (session: Session): Promise<void> => {
  const { signIn } = partsOf(session)
  {
    await using again = await session.terminal()
    await again.shows(/Cloud gateway/)
    await again.says('hello')
    await again.shows(/● The tool said from-the-tool/)
  }
  await signIn.restart()
  succeeded(await session.headless(prompt('hello')), 'from-the-tool')
  assert.equal(countOf(session, 'sign_in.refreshed'), 0)
  await signIn.passHour()
  succeeded(await session.headless(prompt('hello')), 'from-the-tool')
  assert.ok(countOf(session, 'sign_in.refreshed') > 0, 'the client has not refreshed its tokens')
  assert.equal((await signIn.stored()).sessions.length, 1)
  assert.equal(countOf(session, 'sign_in.asked'), 1)
}

/** A session that the server has ended: the client says how to sign in again, and does not ask to trust again. */
const signsInAgain = async (session: Session, terminal: TerminalRun): Promise<void> => {
  await partsOf(session).admin(['sign-in', 'revoke', '--all'])
  await terminal.says('are you there?')
  await terminal.shows(/Please run \/login/)
  await terminal.shows(/Signed out here/)
  await terminal.says('/login')
  await terminal.acceptsOnce(/Enter to connect/)
  await approve(session, terminal)
}

const signsOut = async (session: Session, terminal: TerminalRun): Promise<void> => {
  assert.equal((await partsOf(session).signIn.stored()).sessions.length, 1)
  await terminal.says('/logout')
  await terminal.shows(/Successfully logged out/)
  assert.deepEqual((await partsOf(session).signIn.stored()).sessions, [])
}

/** The model runs a tool, and repeats its words. */
export const toolTurn = turns([bash('echo from-the-tool')], (request) => [
  { text: `The tool said ${resultText(request)}.` },
])

/** Before a sign-in, the client calls Anthropic for news. */
export const withoutNews = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }

const inTerminal: Case = {
  name: 'sign_in with /login in a terminal (SI-A5, SI-T1, SI-T2, SI-E1)',
  // Older versions offer a gateway in /login only to users whose administrator has set it.
  since: '2.1.329',
  setup: () => ({ launch: 'sign-in', environment: withoutNews, scenario: toolTurn }),
  async play(session) {
    {
      await using terminal = await session.terminal()
      await signsIn(session, terminal)
    }
    await staysSignedIn(session)
    await using terminal = await session.terminal()
    await signsInAgain(session, terminal)
    await signsOut(session, terminal)
    assert.doesNotMatch(session.serverLog(), /nca_[ar]t_|internal_error/)
  },
}

/** The tokens of a sign-in in the file in which each version keeps them. */
const withStoredTokens: Case = {
  name: 'sign_in with stored tokens (SI-T1, SI-T2, SI-E1, SI-S4)',
  setup: () => ({ launch: 'sign-in', environment: withoutNews, scenario: toolTurn }),
  async play(session) {
    const { signIn, admin } = partsOf(session)
    await signIn.signClientIn()
    succeeded(await session.headless(prompt('hello')), 'from-the-tool')
    await signIn.passHour()
    succeeded(await session.headless(prompt('hello')), 'from-the-tool')
    assert.ok(countOf(session, 'sign_in.refreshed') > 0, 'the client has not refreshed its tokens')
    await admin(['sign-in', 'revoke', '--all'])
    const ended = await session.headless(prompt('hello'))
    assert.notEqual(ended.exitCode, 0)
    assert.match(`${ended.stderr} ${ended.result?.['result']}`, /\/login|auth login/)
  },
}

export const signInCases: readonly Case[] = [inTerminal, withStoredTokens]
