import assert from 'node:assert/strict'
import { resultText } from '../../../src/simulator/read-request.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { assertGrowing, bash, isConversation, turns } from '../conversation.ts'

/** `nexus-claude-api claude` starts the client and its own server in one step. */

const deadProxy = {
  HTTP_PROXY: 'http://127.0.0.1:1',
  HTTPS_PROXY: 'http://127.0.0.1:1',
  http_proxy: 'http://127.0.0.1:1',
  https_proxy: 'http://127.0.0.1:1',
}

const headless: Case = {
  name: 'in one step, behind an unreachable proxy',
  setup: () => ({
    launch: 'claude',
    scenario: turns([{ text: 'Reached.' }], [{ text: 'Again.' }]),
    environment: deadProxy,
  }),
  async play(session) {
    const first = await session.headless(prompt('hello'))
    succeeded(first, 'Reached')
    assert.equal(first.stderr, '')
    // The next client has another server and another token.
    succeeded(await session.headless(prompt('go on', '--continue')), 'Again')
    assert.deepEqual(
      session.journal.map(({ status }) => status),
      [200, 200],
    )
  },
}

const exitCode: Case = {
  name: "in one step, with the client's exit code",
  setup: () => ({ launch: 'claude', scenario: () => undefined, acceptedKey: 'another-key' }),
  async play(session) {
    const run = await session.headless(prompt('hello'))
    assert.equal(run.exitCode, 1)
    assert.match(JSON.stringify(run.events), /make sure your API Key is valid/)
  },
}

/** Settings that the documentation of other gateways recommends. */
const settings: Case = {
  name: 'in one step, with settings for another server',
  setup: () => ({
    launch: 'claude',
    scenario: turns([{ text: 'Reached.' }]),
    clientSettings: {
      env: {
        ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
        ANTHROPIC_AUTH_TOKEN: 'for-another-gateway',
        ANTHROPIC_API_KEY: 'for-another-gateway',
        NO_PROXY: 'corp.example',
      },
    },
    environment: { ...deadProxy, CLAUDE_CODE_USE_BEDROCK: '1' },
  }),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Reached')
  },
}

/** With `CLAUDE_CODE_USE_GATEWAY=1`. */
const gatewayMode: Case = {
  name: 'in one step, in gateway mode',
  setup: () => ({
    launch: 'claude',
    serverFlags: ['--gateway-mode', 'on'],
    scenario: turns([{ text: 'Running.' }, bash('echo from-the-shell')], (request) => [
      { text: `The shell said ${resultText(request).trim()}.` },
    ]),
  }),
  async play(session) {
    succeeded(await session.headless(prompt('run it', '--allowedTools', 'Bash')), 'The shell said from-the-shell')
    const requests = bodies(session).filter(isConversation)
    assert.equal(requests.length, 2)
    assertGrowing(requests)
  },
}

const terminal: Case = {
  name: 'in one step, in a terminal',
  setup: () => ({ launch: 'claude', scenario: turns([{ text: 'Good day.' }], [{ text: 'Still here.' }]) }),
  async play(session) {
    await using screen = await session.terminal()
    await screen.says('hello')
    await screen.shows(/● Good day/)
    await screen.says('are you there?')
    await screen.shows(/● Still here/)
    assert.equal(bodies(session).filter(isConversation).length, 2)
    // Claude Code's own hint, "claude --resume ID", would bypass the server.
    await screen.says('/exit')
    await screen.shows(/To resume through this server:\s+nexus-claude-api claude .*--resume [\da-f]{8}-[\da-f-]{27}/s)
  },
}

/** Claude Code accepts one --settings: it keeps the user's values, except those that bypass the server. */
const ownSettings: Case = {
  name: "in one step, with a base URL in the user's own --settings",
  setup: () => ({ launch: 'claude', scenario: turns([{ text: 'Reached.' }]) }),
  async play(session) {
    const own = JSON.stringify({
      env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' },
      permissions: { deny: ['WebFetch'] },
    })
    succeeded(await session.headless(prompt('hello', '--settings', own)), 'Reached')
    const requests = JSON.stringify(bodies(session))
    for (const denied of ['WebSearch', 'WebFetch']) assert.ok(!requests.includes(denied), `${denied} is on offer`)
  },
}

export const oneStepCases: readonly Case[] = [headless, exitCode, settings, ownSettings, gatewayMode, terminal]
