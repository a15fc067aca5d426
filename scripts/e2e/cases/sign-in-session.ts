import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type Case, prompt } from '../case.ts'
import type { Session } from '../session.ts'

/** What a signed-in user sees of the server's settings and of a budget. */

/** Each answer costs four dollars of ten. */
const prices = { '*': { input: 0, output: 100_000, cacheRead: 0, cacheWrite: 0 } }
const answerTokens = 40
const dollarsPerMonth = 10

/** Writes the configuration of the server. Each answer has its number. */
const withServer = async (folder: string, configuration: object) => {
  const path = join(folder, 'server.json')
  await Bun.write(path, JSON.stringify(configuration))
  let answers = 0
  return {
    launch: 'sign-in' as const,
    // Older versions have called Anthropic for news before they read the settings.
    environment: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
    serverFlags: ['--config', path],
    scenario: () => {
      answers += 1
      return { content: [{ text: `Good day ${answers}.` }], usage: { inputTokens: 10, outputTokens: answerTokens } }
    },
  }
}

const signsClientIn = async ({ signIn }: Session): Promise<void> => {
  assert.ok(signIn)
  await signIn.signClientIn()
}

/** If a setting needed an approval, Claude Code would show a question instead of its prompt. */
const settingsCase: Case = {
  name: 'sign_in: our settings need no approval (SI-M1, SI-M2)',
  setup: (folder) => withServer(folder, { cache: { ttl: '1h' } }),
  async play(session) {
    await signsClientIn(session)
    await using terminal = await session.terminal()
    await terminal.shows(/Sonnet 4\.6 · Cloud gateway/)
    await terminal.says('one')
    await terminal.shows(/● Good day 1\./)
    assert.equal(session.journal[0]?.modelId, 'claude-sonnet-4.6')
  },
}

const pickerLines =
  /2\. Claude Sonnet 4\.6 ✔\s+AI Nexus\s+3\. Claude Opus 4\.6\s+AI Nexus\s+4\. Claude Haiku 4\.5\s+AI Nexus\s*\n\s*\n/

const spends = async (session: Session): Promise<void> => {
  await using terminal = await session.terminal()
  await terminal.says('/model')
  await terminal.shows(pickerLines)
  await terminal.accepts(/Select model/)
  await terminal.says('one')
  await terminal.shows(/● Good day 1\./)
  await terminal.says('two')
  await terminal.shows(/● Good day 2\./)
  await terminal.says('/usage')
  // 2.1.329 shows cents, too.
  await terminal.shows(/80% used\s+\$8(?:\.00)? \/ \$10(?:\.00)? spent this month/)
}

const usedUp =
  /The monthly budget of this server is used up: 12\.00 of 10\.00 USD \(estimate\)\. It begins again at \S+Z; to raise it, run: nexus-claude-api config set quota\.costPerMonth <amount>/

const budgetCase: Case = {
  name: 'sign_in: our models alone, and a budget on the screen (SI-M1, SI-Q1, SI-Q2, SI-Q3)',
  since: '2.1.329',
  setup: (folder) => withServer(folder, { prices, quota: { costPerMonth: dollarsPerMonth } }),
  async play(session) {
    await signsClientIn(session)
    await spends(session)
    {
      await using terminal = await session.terminal()
      await terminal.says('three')
      await terminal.shows(/You've used 80% of your usage credits · resets/)
    }
    const { exitCode, result } = await session.headless(prompt('four'))
    assert.match(String(result?.['result']), usedUp)
    assert.equal(exitCode, 1)
  },
}

export const signInSessionCases: readonly Case[] = [settingsCase, budgetCase]
