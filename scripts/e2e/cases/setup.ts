import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { resultText } from '../../../src/simulator/read-request.ts'
import { resultTextOf } from '../../../src/simulator/request-view.ts'
import { type Case, prompt, succeeded } from '../case.ts'
import { codexPrompt, codexSays, itemsOfType, quietCodex } from '../codex.ts'
import { turns } from '../conversation.ts'
import { openCodePrompt, openCodeSays } from '../opencode.ts'
import type { Session } from '../session.ts'
import { codex, oneStep } from './codex.ts'
import { bash, opencode } from './opencode.ts'
import { signsIn, toolTurn, withoutNews } from './sign-in.ts'

/** `setup` writes a client's own file; the client then starts without this program, and works. */

const undo = async ({ admin }: Session, client: string): Promise<void> => {
  assert.ok(admin)
  await admin(['setup', client, '--undo', '--yes'])
  // Nothing is left to undo.
  await admin(['setup', client, '--undo', '--yes'])
}

const claudeTurn = turns(
  [{ text: 'Running.' }, { tool: 'Bash', input: { command: 'echo from-the-shell', description: 'Says a word' } }],
  (request) => [{ text: `The shell said ${resultText(request).trim()}.` }],
)

const settingsOf = ({ home }: Session): string => join(home, '.claude', 'settings.json')

const empty: Case = {
  name: 'setup claude-code in an empty home, and undo',
  setup: () => ({ launch: 'claude by setup', scenario: claudeTurn }),
  async play(session) {
    const run = await session.headless(prompt('run it', '--allowedTools', 'Bash'))
    succeeded(run, 'The shell said from-the-shell')
    await undo(session, 'claude-code')
    assert.ok(!existsSync(settingsOf(session)))
  },
}

const ownSettings = {
  env: { MY_OWN: 'stays', NO_PROXY: 'corp.example' },
  permissions: { allow: ['Bash'] },
}

const helper: Case = {
  name: 'setup claude-code with own settings and a client token, and undo',
  setup: () => ({ launch: 'claude by setup, with a token', scenario: claudeTurn, clientSettings: ownSettings }),
  async play(session) {
    const before = JSON.stringify(ownSettings)
    const written = await readFile(settingsOf(session), 'utf8')
    assert.ok(!written.includes(session.endpoint?.token ?? ''), 'the token is in the file')
    succeeded(await session.headless(prompt('run it')), 'The shell said from-the-shell')
    await undo(session, 'claude-code')
    assert.equal(await readFile(settingsOf(session), 'utf8'), before)
  },
}

const signInSettings = { env: ownSettings.env }

const signIn: Case = {
  name: 'setup claude-code for a sign-in with /login, and undo (SI-U1)',
  // Older versions offer a gateway in /login only to users whose administrator has set it.
  since: '2.1.329',
  setup: () => ({
    launch: 'claude by setup, with sign-in',
    scenario: toolTurn,
    clientSettings: signInSettings,
    environment: withoutNews,
  }),
  async play(session) {
    {
      await using terminal = await session.terminal()
      await signsIn(session, terminal)
    }
    await undo(session, 'claude-code')
    assert.equal(await readFile(settingsOf(session), 'utf8'), JSON.stringify(signInSettings))
  },
}

const codexProfile = codex('setup writes a profile, which codex --profile reads, and undo', {
  setup: () => ({
    launch: 'codex by setup',
    configuration: quietCodex,
    scenario: oneStep,
  }),
  async play(session) {
    const folder = join(session.home, '.codex')
    const first = await session.headless(codexPrompt('take a step'))
    codexSays(first, 'One step is done')
    // Codex has read the catalog of models.
    assert.deepEqual(itemsOfType(first, 'error'), [])
    await undo(session, 'codex')
    assert.ok(!existsSync(join(folder, 'nexus.config.toml')))
    assert.equal(await readFile(join(folder, 'config.toml'), 'utf8'), quietCodex(''))
  },
})

const openCodeFile = opencode('setup writes its file, and undo', {
  setup: () => ({
    launch: 'opencode by setup',
    scenario: turns([{ thinking: 'I run it.' }, { text: 'Running.' }, bash('echo from-the-shell')], (request) => [
      { text: `The shell said ${resultTextOf(request).trim()}.` },
    ]),
  }),
  async play(session) {
    const run = await session.headless(openCodePrompt('run it', '-m', 'anthropic/claude-sonnet-4-6'))
    openCodeSays(run, 'The shell said from-the-shell')
    await undo(session, 'opencode')
    assert.ok(!existsSync(join(session.home, '.config', 'opencode', 'opencode.jsonc')))
  },
})

export const setupCases: readonly Case[] = [empty, helper, signIn, codexProfile, openCodeFile]
