import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { defaultConfig, request, startChain } from '../support/chain.ts'
import { conversations } from '../support/conversations.ts'
import { searchTool } from '../support/web-search.ts'

/** What web search changes for requests that have nothing to do with it. */

const nowhere = 'http://127.0.0.1:1'
const searchOn = { search: { ...defaultConfig.search, provider: 'searxng', url: nowhere } } as const

/** An answer without what differs between any two: ids. */
const comparable = async (response: Response): Promise<unknown> => {
  const text = await response.text()
  return [response.status, text.replace(/(?:msg|req|tooluse)_\w+/g, 'id')]
}

test('a request without the tool and without its results is the same byte for byte, on and off (WS-1, WS-8)', async () => {
  const [off, on] = [startChain(), startChain({ config: searchOn })]
  await fc.assert(
    fc.asyncProperty(conversations, fc.boolean(), async ({ messages, more }, stream) => {
      const body = request({ messages, ...more, stream, max_tokens: 4000 })
      expect(await comparable(await on.post(body))).toEqual(await comparable(await off.post(body)))
      const [sentOn, sentOff] = [on, off].map(({ simulator }) => JSON.stringify(simulator.journal.at(-1)?.body))
      expect(sentOn).toBe(sentOff as string)
      expect(on.simulator.journal.length).toBe(off.simulator.journal.length)
    }),
    { numRuns: 60 },
  )
})

test('off, the tool is removed, and refused where it is forced (WS-1)', async () => {
  const { post, simulator } = startChain()
  const body = request({ tools: [searchTool()] })
  expect((await post(body)).status).toBe(200)
  expect(simulator.journal[0]?.body).not.toHaveProperty('toolConfig')
  const forced = await post({ ...body, tool_choice: { type: 'tool', name: 'web_search' } })
  expect([forced.status, await forced.text()]).toEqual([
    400,
    expect.stringContaining('web search is not available on this endpoint'),
  ])
  expect(simulator.journal).toHaveLength(1)
})
