import assert from 'node:assert/strict'
import { type Case, prompt, succeeded } from '../case.ts'
import type { ClientRun } from '../client.ts'
import { codexFails, codexPrompt, codexSays } from '../codex.ts'
import type { Session, SessionSetup } from '../session.ts'
import { codex, launch } from './codex.ts'

/** The server's own limits, and what the clients do with them (OP-L3, OP-L9). */

const body = { model: 'claude-sonnet-4.6', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] }

/** Sends requests of another program, which uses the limit. */
const useUp = async ({ endpoint }: Session, requests: number): Promise<void> => {
  assert.ok(endpoint)
  const url = new URL('/v1/messages', endpoint.url)
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${endpoint.token}` }
  for (let sent = 0; sent < requests; sent += 1) {
    const response: Response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    assert.equal(response.status, 200)
    await response.text()
  }
}

/** The number of requests that the server refused with this error. */
const refusals = (session: Session, error: string): number =>
  session
    .serverLog()
    .split('\n')
    .filter(
      (line) => line.includes('"request.refused"') && line.includes(`"status":429`) && line.includes(`"${error}"`),
    ).length

const works = { scenario: () => ({ content: [{ text: 'Now it works.' }] }) } satisfies SessionSetup

/** One request in 10 seconds. */
const perMinute = 6
const withRate: SessionSetup = { ...works, serverFlags: ['--rate-limit', String(perMinute), '--rate-burst', '0'] }

/** The client was refused at least once, and then waited. */
const playRate = async (session: Session, run: () => Promise<ClientRun>): Promise<ClientRun> => {
  await useUp(session, perMinute)
  const ended = await run()
  assert.ok(refusals(session, 'rate_limit_error') > 0, 'it was not refused')
  return ended
}

const withBudget: SessionSetup = { ...works, serverVariables: { NEXUS_REQUESTS_PER_DAY: '1' } }

/** The client sent one request, and did not repeat it. */
const playBudget = async (session: Session, run: () => Promise<ClientRun>): Promise<ClientRun> => {
  await useUp(session, 1)
  const ended = await run()
  assert.equal(refusals(session, 'billing_error'), 1)
  assert.equal(session.journal.filter(({ method }) => method === 'POST').length, 1)
  return ended
}

const usedUp =
  /The daily budget of this server is used up: 1 of 1 requests\. It begins again at \S+Z; to raise it, run: /

export const limitCases: readonly Case[] = [
  {
    name: 'limits: waits for the rate limit, and goes on',
    setup: () => withRate,
    async play(session) {
      const run = await playRate(session, () => session.headless(prompt('work')))
      succeeded(run, 'Now it works')
    },
  },
  {
    name: 'limits: shows that the budget is used up, and stops',
    setup: () => withBudget,
    async play(session) {
      const run = await playBudget(session, () => session.headless(prompt('work')))
      assert.equal(run.result?.['is_error'], true)
      assert.match(String(run.result?.['result']), usedUp)
    },
  },
  codex('limits: waits for the rate limit, and goes on', {
    setup: () => ({ ...launch(), ...withRate }),
    async play(session) {
      codexSays(await playRate(session, () => session.headless(codexPrompt('hello'))), 'Now it works')
    },
  }),
  codex('limits: reports that the budget is used up, and stops', {
    setup: () => ({ ...launch(), ...withBudget }),
    async play(session) {
      codexFails(await playBudget(session, () => session.headless(codexPrompt('hello'))), /quota/i)
    },
  }),
]
