import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { resultText } from '../../../src/simulator/read-request.ts'
import type { Scenario } from '../../../src/simulator/reply.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { isConversation, toolNamesIn, toolUsesIn, turns } from '../conversation.ts'
import type { SessionSetup } from '../session.ts'

/** Pages that the client fetches itself. The small model summarises them. */

const certificates = join(import.meta.dir, '..', '..', '..', 'tests', 'fixtures', 'tls')
const certificate = (name: string): Promise<string> => readFile(join(certificates, `network-${name}.pem`), 'utf8')

const page =
  '<html><head><title>Ferry</title></head><body><h1>Timetable</h1><p>The ferry leaves at 7:45.</p></body></html>'

/** WebFetch reads only pages with TLS. */
const openSite = async (): Promise<Bun.Server<undefined>> =>
  Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    tls: { cert: await certificate('good'), key: await certificate('key') },
    fetch: () => new Response(page, { headers: { 'content-type': 'text/html' } }),
  })

const question = 'When does it leave?'
const summary = 'It leaves at a quarter to eight.'

/** Whether this is the text of the request for a summary, which contains the page. */
const isSummary = (words: string): boolean => words.includes(question) && words.includes('The ferry leaves at 7:45.')

const address = /https:\/\/127\.0\.0\.1:\d+\/ferry/

/** Fetches the page that the user names, once. */
const reading: Scenario = (request) => {
  const words = JSON.stringify(request.body.messages)
  if (!isConversation(request.body)) return isSummary(words) ? { content: [{ text: summary }] } : undefined
  if (toolUsesIn(request.body).includes('WebFetch')) return { content: [{ text: `I read: ${resultText(request)}` }] }
  // Newer clients load the tool first.
  if (!toolNamesIn(request.body).includes('WebFetch'))
    return { content: [{ tool: 'ToolSearch', input: { query: 'select:WebFetch' } }] }
  return { content: [{ tool: 'WebFetch', input: { url: address.exec(words)?.[0], prompt: question } }] }
}

/** Claude Code first checks each host with Anthropic, unless its settings disable that. */
const webFetch = (name: string, setup: Omit<SessionSetup, 'scenario'>): Case => ({
  name: `WebFetch of a page, summarised by the small model, ${name}`,
  setup: () => ({
    ...setup,
    scenario: reading,
    environment: { NODE_EXTRA_CA_CERTS: join(certificates, 'network-root.pem') },
  }),
  async play(session) {
    await using site = await openSite()
    const words = `read ${new URL('/ferry', site.url)}`
    succeeded(await session.headless(prompt(words, '--allowedTools', 'ToolSearch,WebFetch')), `I read: ${summary}`)
    const summaries = session.journal.filter(({ body }) => isSummary(JSON.stringify(body)))
    assert.deepEqual(
      summaries.map(({ modelId, isStream }) => [modelId, isStream]),
      [['claude-haiku-4.5', true]],
    )
  },
})

/** Without a provider of web search, the tool always fails, which costs a turn. */
const noWebSearch: Case = {
  name: 'WebSearch is not on offer in one step',
  setup: () => ({ launch: 'claude', scenario: turns([{ text: 'Good day.' }]) }),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Good day')
    const [body] = bodies(session)
    assert.ok(body)
    // Newer clients name the tools that can be loaded in the first message.
    assert.ok(!JSON.stringify(body).includes('WebSearch'))
    assert.ok(toolNamesIn(body).includes('WebFetch') || JSON.stringify(body.messages).includes('WebFetch'))
  },
}

export const webCases: readonly Case[] = [
  webFetch('with the settings of the documentation', { clientSettings: { skipWebFetchPreflight: true } }),
  webFetch('in one step', { launch: 'claude' }),
  noWebSearch,
]
