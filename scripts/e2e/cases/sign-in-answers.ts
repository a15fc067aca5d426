import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Case } from '../case.ts'
import { compareAnswers, knownDifferences } from '../claude-gateway/compare-answers.ts'
import { databasePackages, startClaudeGateway } from '../claude-gateway/gateway.ts'
import type { Side } from '../claude-gateway/probes.ts'
import { signIn } from '../claude-gateway/sign-in.ts'
import { installClaude } from '../install.ts'
import type { Session } from '../session.ts'
import { setTrap, type Trap } from '../trap.ts'

/** Each answer after the sign-in, next to that of Anthropic's own gateway. */

/** For a million tokens, in dollars: the gateway's own price of Haiku. */
const prices = { '*': { input: 1, output: 5, cacheRead: 0, cacheWrite: 0 } }
/** 20 cents at that price, 40 % of the budget. */
const usage = { inputTokens: 100_000, outputTokens: 20_000 }
const budget = { dollars: 0.5, cents: '50' }

/** What the gateway forwards to. */
const startUpstream = () =>
  Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () =>
      Response.json({
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-haiku-4-5',
        content: [{ type: 'text', text: 'Good day.' }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens },
      }),
  })

const adminKey = crypto.randomUUID().repeat(2)
const adminLines = `admin:\n  write_keys:\n    - id: the-test\n      key: ${adminKey}\n`

/** Anthropic's own gateway with the same budget. */
const startTheirs = async (session: Session, upstream: string, environment: Trap['environment']) => {
  const folder = join(session.folder, 'gateway')
  await mkdir(folder)
  const gateway = await startClaudeGateway({
    claude: await installClaude(session.version),
    folder,
    upstream: { url: upstream, token: 'unused' },
    environment: { ...environment, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
    more: adminLines,
  })
  const limited = await fetch(`${gateway.url}/v1/organizations/spend_limits`, {
    method: 'POST',
    headers: { 'x-api-key': adminKey, 'content-type': 'application/json' },
    body: JSON.stringify({ scope: { type: 'organization' }, period: 'monthly', amount: budget.cents }),
  })
  assert.equal(limited.status, 200)
  return { ...gateway, token: gateway.tokens.access_token }
}

interface UsageReport {
  readonly extra_usage: { readonly used_credits: number }
}

const usedCents = async ({ url, token }: Side): Promise<number> => {
  const response = await fetch(`${url}/api/oauth/usage`, { headers: { authorization: `Bearer ${token}` } })
  return ((await response.json()) as UsageReport).extra_usage.used_credits
}

const settleMs = 10_000

/** An answer is booked after its last byte. */
const createSettle = () => {
  const used = new Map<Side, number>()
  return async (side: Side, probe: string): Promise<void> => {
    if (!/^message, .* used$/.test(probe)) return
    const late = AbortSignal.timeout(settleMs)
    const before = used.get(side) ?? 0
    let now = before
    while (now === before) {
      assert.ok(!late.aborted, `${side.url} has not booked the answer`)
      now = await usedCents(side)
    }
    used.set(side, now)
  }
}

const compares = async (session: Session): Promise<void> => {
  const { endpoint, admin } = session
  assert.ok(endpoint && admin)
  const { url } = endpoint
  const trap = setTrap()
  const upstream = startUpstream()
  const theirs = await startTheirs(session, upstream.url.origin, trap.environment)
  try {
    const tokens = await signIn(url, (_, { user_code }) => admin(['sign-in', 'approve', user_code]))
    const ours = { url, token: tokens.access_token }
    assert.deepEqual(await compareAnswers(ours, theirs, createSettle()), knownDifferences)
    assert.deepEqual(trap.caught, [])
  } finally {
    await theirs.stop()
    await upstream.stop(true)
    trap.stop()
  }
}

export const signInAnswersCase: Case = {
  name: 'sign_in: answers have the fields of claude gateway (SI-A2, SI-A3, SI-A5, SI-M1, SI-M4, SI-O1, SI-Q1, SI-Q2, SI-Q3)',
  since: '2.1.332',
  newestOnly: true,
  packages: databasePackages,
  async setup(folder) {
    const path = join(folder, 'server.json')
    await Bun.write(path, JSON.stringify({ prices, quota: { costPerMonth: budget.dollars } }))
    return {
      launch: 'sign-in',
      serverFlags: ['--config', path],
      scenario: () => ({ content: [{ text: 'Good day.' }], usage }),
    }
  },
  play: compares,
}
