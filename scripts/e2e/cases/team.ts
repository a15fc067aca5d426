import assert from 'node:assert/strict'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import type { ClientRun } from '../client.ts'
import type { ClientName } from '../clients.ts'
import { codexConfiguration, codexFails, codexPrompt, codexSays } from '../codex.ts'
import { isConversation, turns } from '../conversation.ts'
import { errorsIn, openCodeConfiguration, openCodePrompt, openCodeSays } from '../opencode.ts'
import type { Session, SessionSetup } from '../session.ts'
import { teamClient } from '../team-launcher.ts'
import { withAgent } from './tasks.ts'

/** A server for a team: named clients, limits, and a history that counts each request once. */

interface Row {
  readonly key: string
  readonly requests: number
  readonly failed: number
  readonly outputTokens: number
  readonly subagentRequests?: number
}

interface Report {
  readonly rows: readonly Row[]
  readonly total: Row
}

const admin = (session: Session, ...args: readonly string[]): Promise<string> => {
  if (session.admin === undefined) throw new Error('this launcher has no other commands')
  return session.admin(args)
}

const reportBy = async (session: Session, by: string): Promise<Report> =>
  JSON.parse(await admin(session, 'usage', '--by', by, '--since', 'today', '--timezone', 'UTC', '--json')) as Report

const mostTries = 100
const betweenTriesMs = 100

/** The server writes the history a moment after the answers. */
const reportOf = async (session: Session, by: string, requests: number): Promise<Report> => {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const report = await reportBy(session, by).catch(() => undefined)
    if (report !== undefined && report.total.requests >= requests) return report
    await Bun.sleep(betweenTriesMs)
  }
  throw new Error(`usage does not report ${requests} requests`)
}

/** The requests for answers, which are all that the history has. */
const answered = ({ journal }: Session): number => journal.filter(({ path }) => !path.endsWith('count-tokens')).length

interface Player {
  readonly name: ClientName
  readonly setup: Partial<SessionSetup>
  readonly play: (session: Session) => Promise<ClientRun>
  readonly says: (run: ClientRun, words: string) => void
  readonly refused: (run: ClientRun) => void
}

const players: readonly Player[] = [
  {
    name: 'claude',
    setup: { launch: 'claude of a team' },
    play: (session) => session.headless(prompt('hello')),
    says: succeeded,
    refused: (run) => assert.match(JSON.stringify(run.result), /Please run \/login|invalid x-api-key/),
  },
  {
    name: 'codex',
    setup: { launch: 'codex of a team', configuration: codexConfiguration() },
    play: (session) => session.headless(codexPrompt('hello')),
    says: codexSays,
    refused: (run) => codexFails(run, /401.*Incorrect API key provided/),
  },
  {
    name: 'opencode',
    setup: { launch: 'opencode of a team', configuration: openCodeConfiguration('@ai-sdk/openai') },
    play: (session) => session.headless(openCodePrompt('hello')),
    says: openCodeSays,
    refused: (run) => assert.deepEqual(errorsIn(run), ['APIError']),
  },
]

const counted = ({ name, setup, play, says }: Player): Case => ({
  name: `${name}: a named client of a team's server, and usage counts each request once`,
  client: name,
  newestOnly: true,
  setup: () => ({ ...setup, scenario: turns([{ text: 'Hello from the team.' }]) }),
  async play(session) {
    says(await play(session), 'Hello from the team')
    const report = await reportOf(session, 'client', answered(session))
    assert.deepEqual(
      report.rows.map(({ key, requests, failed }) => ({ key, requests, failed })),
      [{ key: teamClient, requests: answered(session), failed: 0 }],
    )
    assert.ok(report.total.outputTokens > 0)
  },
})

/** The server reads the file of clients at most once a second. */
const untilReadMs = 1100

const removed = ({ name, setup, play, refused }: Player): Case => ({
  name: `${name}: a client that the team's server has removed is refused at once`,
  client: name,
  newestOnly: true,
  setup: () => ({ ...setup, scenario: turns([{ text: 'Never.' }]) }),
  async play(session) {
    await admin(session, 'clients', 'remove', teamClient)
    await Bun.sleep(untilReadMs)
    const started = performance.now()
    refused(await play(session))
    assert.equal(session.journal.length, 0)
    // The answer says not to try again.
    assert.ok(performance.now() - started < 60_000, 'the client tried for a long time')
  },
})

const marked: Case = {
  name: "claude: the team's usage marks the requests of sub-agents",
  newestOnly: true,
  setup: () => ({ launch: 'claude of a team', scenario: withAgent }),
  async play(session) {
    succeeded(await session.headless(prompt('ask an agent, please', '--allowedTools', 'Bash,Agent')), 'counted three')
    const { rows } = await reportOf(session, 'session', answered(session))
    const agents = bodies(session)
      .filter(isConversation)
      .filter(({ messages }) => {
        return !JSON.stringify(messages[0]).includes('ask an agent, please')
      })
    assert.deepEqual(
      rows.map(({ subagentRequests }) => subagentRequests),
      [agents.length],
    )
  },
}

export const teamCases: readonly Case[] = [...players.map(counted), ...players.map(removed), marked]
