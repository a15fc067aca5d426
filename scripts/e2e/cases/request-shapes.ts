import assert from 'node:assert/strict'
import { type ClientShape, clientShapes, firstRequest } from '../../../src/cli/doctor/matrix/client-shapes.ts'
import { capabilitiesOf } from '../../../src/translate/capabilities/table.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { type Case, prompt, succeeded } from '../case.ts'
import { turns } from '../conversation.ts'
import type { Endpoint } from '../launcher.ts'

/** The requests of `doctor --matrix` have the form of the client's own ones (MX-D2). */

const modelId = 'claude-sonnet-4.6'

interface Recorded {
  readonly body: MessagesRequest
  readonly betas: readonly string[]
}

/** Passes requests from the client to the server, and keeps those with tools. */
const startRecorder = ({ url }: Endpoint) => {
  const recorded: Recorded[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const text = await request.text()
      if (pathname === '/v1/messages') {
        const body = JSON.parse(text) as MessagesRequest
        const betas = (request.headers.get('anthropic-beta') ?? '').split(',')
        if ((body.tools ?? []).length > 0) recorded.push({ body, betas })
      }
      const { method, headers } = request
      return fetch(`${url}${pathname}${search}`, { method, headers, ...(text !== '' && { body: text }) })
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, recorded, stop: () => server.stop(true) }
}

const membersOf = (value: object): string[] => Object.keys(value).sort()
const distinct = (lists: readonly string[][]): string[] => [...new Set(lists.map((list) => list.join(' ')))].sort()

/** Members and markers, without texts and figures. */
const formOf = ({ stream: _stream, ...body }: MessagesRequest) => {
  const [message] = body.messages
  const content = Array.isArray(message?.content) ? message.content : []
  const system = Array.isArray(body.system) ? body.system : []
  return {
    members: membersOf(body),
    thinking: body.thinking,
    outputConfig: body.output_config,
    contextManagement: (body as { context_management?: unknown }).context_management,
    system: system.map((block) => membersOf(block)),
    content: distinct(content.map((block) => membersOf(block))),
    marked: content.findLastIndex((block) => 'cache_control' in block) === content.length - 1,
    tools: distinct((body.tools ?? []).map((tool) => membersOf(tool))),
  }
}

const shapeOf = (version: string): ClientShape | undefined => clientShapes.find((shape) => shape.version === version)

export const requestShapeCases: readonly Case[] = [
  {
    name: 'request shapes: the first request has the form that doctor --matrix sends',
    setup: () => ({ scenario: turns([{ text: 'Recorded.' }]), model: 'sonnet' }),
    async play(session) {
      const { endpoint, version } = session
      assert.ok(endpoint)
      const shape = shapeOf(version)
      const recorder = startRecorder(endpoint)
      try {
        const address = `ANTHROPIC_BASE_URL=${recorder.url}`
        succeeded(await session.program(['env', address, 'claude', ...prompt('hello')]), 'Recorded')
        const [first] = recorder.recorded
        assert.ok(first)
        // Versions between the three have no shape of their own.
        if (shape === undefined) return
        assert.deepEqual(first.betas, shape.betas)
        assert.deepEqual(formOf(first.body), formOf(firstRequest(shape, modelId, capabilitiesOf(modelId))))
      } finally {
        await recorder.stop()
      }
    },
  },
]
