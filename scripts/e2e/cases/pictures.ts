import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toolResults } from '../../../src/simulator/read-request.ts'
import type { Image } from '../../../src/wire/converse/content.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { imagesIn, isConversation, turns } from '../conversation.ts'
import { redPicture } from '../pictures.ts'

/** Many pictures, and pictures of MCP servers. */

const bytes = redPicture.toString('base64')
const isRed = ({ source }: Image): boolean => 'bytes' in source && source.bytes === bytes

const readAtOnce = 5
const rounds = 5
/**
 * The images of each request. Bedrock accepts 20: with more, the server leaves out the oldest until 10 are left, so that
 * most turns find the conversation in the prompt cache.
 */
const sent = [0, 5, 10, 15, 20, 10]

const manyImages: Case = {
  name: `${readAtOnce * rounds} images in a conversation, more than Bedrock accepts`,
  async setup(folder) {
    const files = Array.from({ length: readAtOnce }, (_, index) => join(folder, `red-${index}.png`))
    for (const file of files) await writeFile(file, redPicture)
    const reads = files.map((file) => ({ tool: 'Read', input: { file_path: file } }))
    return {
      scenario: turns(...Array.from({ length: rounds }, () => reads), (request) => [
        { text: `I see ${imagesIn(request.body).length} pictures.` },
      ]),
    }
  },
  async play(session) {
    const run = await session.headless(prompt('look at all of them', '--allowedTools', 'Read'))
    succeeded(run, `I see ${sent.at(-1)} pictures`)
    const requests = bodies(session).filter(isConversation)
    assert.deepEqual(
      requests.map((body) => imagesIn(body).length),
      sent,
    )
    assert.ok(requests.flatMap(imagesIn).every(isRed))
    // The oldest images are left out, with a text in their place: each result is still there.
    const results = (requests.at(-1)?.messages ?? []).flatMap((message) =>
      toolResults({ body: { messages: [message] } }),
    )
    assert.equal(results.length, readAtOnce * rounds)
    assert.ok(results.every(({ content }) => content.length > 0))
  },
}

const tool = 'mcp__warehouse__shelf_01'
const configuration = JSON.stringify({
  mcpServers: {
    warehouse: { command: process.execPath, args: [join(import.meta.dir, '..', 'programs', 'mcp-server.ts'), '1'] },
  },
})

const mcpImage: Case = {
  name: 'an image in the result of an MCP tool',
  setup: () => ({
    scenario: turns([{ tool, input: { box: 7, photo: true } }], (request) => [
      { text: `I see ${imagesIn(request.body).length} picture.` },
    ]),
    // The first request has the tool.
    environment: { ENABLE_TOOL_SEARCH: 'false' },
  }),
  async play(session) {
    const args = ['--mcp-config', configuration, '--strict-mcp-config', '--allowedTools', tool]
    succeeded(await session.headless(prompt('look into the box', ...args)), 'I see 1 picture')
    const [first, second] = bodies(session).filter(isConversation)
    assert.ok(first && second)
    assert.deepEqual([imagesIn(first), imagesIn(second).map(isRed)], [[], [true]])
    const [result] = toolResults({ body: second })
    assert.match(JSON.stringify(result?.content), /shelf_01 holds/)
  },
}

export const pictureCases: readonly Case[] = [manyImages, mcpImage]
