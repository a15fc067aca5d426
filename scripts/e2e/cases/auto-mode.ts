import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { SimulatedConverseRequest } from '../../../src/simulator/converse-request.ts'
import { offers } from '../../../src/simulator/read-request.ts'
import type { Scenario } from '../../../src/simulator/reply.ts'
import { checkedCalls, isSafetyCheck, verdictsOn } from '../../../src/simulator/safety-check.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { databasePackages } from '../claude-gateway/gateway.ts'
import { bash, turns } from '../conversation.ts'
import type { Session } from '../session.ts'

/** Auto mode, the default permission mode: actions outside the folder run only after a safety check (A1). */

/** The first client that requires the check from the server. */
const since = '2.1.278'

/** A file next to the client's folder. */
const outside = (folder: string): string => `${folder}-outside.txt`

const writesOutside = (folder: string): Scenario =>
  turns([{ text: 'Writing.' }, bash(`echo written > '${outside(folder)}'`)], [{ text: 'All done.' }])

/** The calls in the server's checks, as JSON. */
const checked = (session: Session): string[] =>
  bodies(session)
    .map((body) => new SimulatedConverseRequest(body))
    .filter(isSafetyCheck)
    .flatMap(checkedCalls)
    .map(({ text }) => text)

const cannotCheck = /can.t check actions/i

/** Plays with a file outside the folder, and removes it afterwards. */
const withOutside = async (session: Session, play: (path: string) => Promise<void>): Promise<void> => {
  const path = outside(session.folder)
  try {
    await play(path)
  } finally {
    await rm(path, { force: true })
  }
}

/** Throws unless the client writes the file in a terminal, without the message that it cannot check. */
const writeOutside = (session: Session): Promise<void> =>
  withOutside(session, async (path) => {
    await using terminal = await session.terminal()
    await terminal.says('write it')
    await terminal.shows(/● All done/)
    assert.doesNotMatch(terminal.text(), cannotCheck)
    assert.equal(await readFile(path, 'utf8'), 'written\n')
  })

const answered: Case = {
  name: 'auto mode: a command outside the folder, checked by the server, in a terminal',
  since,
  setup: (folder) => ({ scenario: writesOutside(folder) }),
  async play(session) {
    await writeOutside(session)
    assert.equal(checked(session).length, 1)
    assert.match(session.serverLog(), /"event":"safeguards\.check"/)
  },
}

/** The client's own classifier requests a word in a block, which a stop sequence ends. */
const isOwnCheck: (request: Parameters<Scenario>[0]) => boolean = ({ body }) =>
  body.inferenceConfig?.stopSequences?.includes('</block>') === true

const byClient: Case = {
  name: 'auto mode: a command outside the folder, checked by the client, in a terminal',
  since,
  setup(folder) {
    const script = writesOutside(folder)
    return {
      launch: 'claude',
      environment: { NEXUS_SAFEGUARDS: 'client' },
      scenario: (request) => (isOwnCheck(request) ? { content: [{ text: '<block>no' }] } : script(request)),
    }
  },
  async play(session) {
    await writeOutside(session)
    assert.deepEqual(checked(session), [])
  },
}

const explanation = 'It writes next to the folder of the project'

const flagged: Case = {
  name: 'auto mode: a flagged command does not run, and its explanation is shown, in a terminal',
  since,
  setup(folder) {
    const script = writesOutside(folder)
    return {
      scenario: (request) =>
        isSafetyCheck(request) ? { content: [verdictsOn(request, () => explanation)] } : script(request),
    }
  },
  play: (session) =>
    withOutside(session, async (path) => {
      await using terminal = await session.terminal()
      await terminal.says('write it')
      await terminal.shows(new RegExp(explanation))
      await terminal.shows(/● All done/)
      assert.ok(!existsSync(path))
    }),
}

const subagent: Case = {
  name: 'auto mode: the server checks the start of a subagent and its command',
  since,
  setup(folder) {
    const launch = { description: 'Writes a file', prompt: 'Write the file.', subagent_type: 'general-purpose' }
    const main = turns([{ tool: 'Agent', input: launch }], [{ text: 'All done.' }])
    const handBack = [{ tool: 'SubagentHandback', input: { message: 'Written.' } }]
    const sub = turns([bash(`echo written > '${outside(folder)}'`)], (request) =>
      offers(request, 'SubagentHandback') ? handBack : [{ text: 'Written.' }],
    )
    // Only the main agent can start other agents.
    return { scenario: (request) => (offers(request, 'Agent') ? main(request) : sub(request)) }
  },
  play: (session) =>
    withOutside(session, async (path) => {
      succeeded(await session.headless(prompt('have it written', '--permission-mode', 'auto')), 'All done')
      assert.equal(await readFile(path, 'utf8'), 'written\n')
      const calls = checked(session)
      assert.ok(
        calls.some((call) => call.includes('"tool":"Agent"')),
        calls.join('\n'),
      )
      assert.ok(
        calls.some((call) => call.includes('"tool":"Bash"')),
        calls.join('\n'),
      )
    }),
}

const behindClaudeGateway: Case = {
  name: "auto mode: a command outside the folder, checked by the server, behind Anthropic's own gateway (SI-B2)",
  since,
  newestOnly: true,
  packages: databasePackages,
  setup: (folder) => ({ launch: 'claude gateway', scenario: writesOutside(folder) }),
  play: (session) =>
    withOutside(session, async (path) => {
      succeeded(await session.headless(prompt('write it', '--permission-mode', 'auto')), 'All done')
      assert.equal(await readFile(path, 'utf8'), 'written\n')
      assert.equal(checked(session).length, 1)
    }),
}

export const autoModeCases: readonly Case[] = [answered, byClient, flagged, subagent, behindClaudeGateway]
