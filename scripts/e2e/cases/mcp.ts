import assert from 'node:assert/strict'
import { join } from 'node:path'
import { resultText } from '../../../src/simulator/read-request.ts'
import type { SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { assertGrowing, isConversation, toolNamesIn, turns } from '../conversation.ts'

/** Tools of MCP servers, too many to send all of them in each request. */

const toolCount = 60
const used = 'mcp__warehouse__shelf_22'

/** Each offers half of the tools. */
const server = {
  command: process.execPath,
  args: [join(import.meta.dir, '..', 'programs', 'mcp-server.ts'), String(toolCount / 2)],
}
const configuration = JSON.stringify({ mcpServers: { warehouse: server, cellar: server } })

const mcpPrompt = (words: string): string[] =>
  prompt(words, '--mcp-config', configuration, '--strict-mcp-config', '--allowedTools', `ToolSearch,${used}`)

const fromServer = (body: SimulatedRequest['body']): string[] =>
  toolNamesIn(body).filter((name) => name.startsWith('mcp__'))

const callUsed = { tool: used, input: { box: 7 } }
const sayResult = (request: SimulatedRequest): { text: string }[] => [{ text: `Found: ${resultText(request)}` }]

/** The first version that searches without a variable, if its server is not Anthropic's. */
const searchesByDefault = '2.1.329'

export const toolSearchVariables = (version: string): Readonly<Record<string, string>> =>
  Bun.semver.order(version, searchesByDefault) < 0 ? { ENABLE_TOOL_SEARCH: 'true' } : {}

const searched: Case = {
  name: `tool search among the ${toolCount} tools of two MCP servers`,
  setup: (_folder, version) => ({
    scenario: turns([{ tool: 'ToolSearch', input: { query: `select:${used}` } }], [callUsed], sayResult),
    environment: toolSearchVariables(version),
  }),
  async play(session) {
    succeeded(await session.headless(mcpPrompt('look on shelf 22')), 'Found: shelf_22 holds {"box":7}')
    const [first, found, called, ...others] = bodies(session).filter(isConversation)
    assert.ok(first && found && called)
    assert.equal(others.length, 0)
    assert.deepEqual(fromServer(first), [])
    assert.deepEqual(fromServer(found), [used])
    assertGrowing([found, called])
  },
}

const all: Case = {
  name: `the ${toolCount} tools of two MCP servers, all in each request`,
  setup: () => ({ scenario: turns([callUsed], sayResult), environment: { ENABLE_TOOL_SEARCH: 'false' } }),
  async play(session) {
    succeeded(await session.headless(mcpPrompt('look on shelf 22')), 'Found: shelf_22 holds {"box":7}')
    const requests = bodies(session).filter(isConversation)
    assert.deepEqual(
      requests.map((body) => fromServer(body).length),
      [toolCount, toolCount],
    )
    assertGrowing(requests)
  },
}

export const mcpCases: readonly Case[] = [searched, all]
