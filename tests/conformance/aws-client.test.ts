import { describe, expect, test } from 'bun:test'
import { ThrottlingException, ValidationException } from '@aws-sdk/client-bedrock-runtime'
import { startSimulator } from '../../src/simulator/server.ts'
import { awsClient, ConverseCommand, ConverseStreamCommand, CountTokensCommand } from '../support/aws.ts'
import { afterTest } from '../support/cleanup.ts'

/** AWS's own client judges the simulator's wire format. */

const start = (options: Parameters<typeof startSimulator>[0] = {}): string => {
  const simulator = startSimulator(options)
  afterTest(() => simulator.stop())
  return simulator.url
}

const input = {
  modelId: 'claude-sonnet-4.6',
  messages: [{ role: 'user' as const, content: [{ text: 'Hello' }] }],
  inferenceConfig: { maxTokens: 100 },
}

describe("AWS's client", () => {
  test('gets a whole response', async () => {
    const answer = await awsClient(start()).send(new ConverseCommand(input))
    expect(answer.output?.message).toEqual({ role: 'assistant', content: [{ text: 'You said: Hello' }] })
    expect(answer.stopReason).toBe('end_turn')
    expect(answer.usage?.totalTokens).toBe((answer.usage?.inputTokens ?? 0) + (answer.usage?.outputTokens ?? 0))
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('3.1 real frames: gets a stream: every event, thinking and tools included', async () => {
    const url = start({
      scenario: () => ({
        content: [{ thinking: 'hm' }, { text: 'words' }, { tool: 'Look', input: { a: 1 }, id: 'tooluse_1' }],
        pace: { deltaCharacters: 4, chunkBytes: 13 },
      }),
    })
    const { stream } = await awsClient(url).send(new ConverseStreamCommand(input))
    const names: string[] = []
    let text = ''
    let toolInput = ''
    let signature = ''
    for await (const event of stream ?? []) {
      names.push(Object.keys(event)[0] ?? '')
      const delta = event.contentBlockDelta?.delta
      text += delta?.text ?? ''
      toolInput += delta?.toolUse?.input ?? ''
      signature += delta?.reasoningContent?.signature ?? ''
    }
    expect([...new Set(names)]).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockStop',
      'contentBlockStart',
      'messageStop',
      'metadata',
    ])
    expect(text).toBe('words')
    expect(JSON.parse(toolInput)).toEqual({ a: 1 })
    expect(signature.length).toBeGreaterThan(500)
  })

  test('knows the exceptions by their names', async () => {
    const client = awsClient(
      start({ scenario: () => ({ error: { status: 429, type: 'ThrottlingException', message: 'slow' } }) }),
    )
    await expect(client.send(new ConverseCommand(input))).rejects.toBeInstanceOf(ThrottlingException)
    const refused = awsClient(start()).send(
      new ConverseCommand({ ...input, messages: [{ role: 'user', content: [{ text: ' ' }] }] }),
    )
    await expect(refused).rejects.toBeInstanceOf(ValidationException)
    await expect(refused).rejects.toThrow(/text field in the ContentBlock object at messages.0.content.0 is blank/)
  })

  test('sees an exception in mid-stream', async () => {
    const url = start({
      scenario: () => ({
        content: [{ text: 'a long text' }],
        fault: { afterFrames: 2, kind: 'exception', type: 'throttlingException', message: 'slow' },
      }),
    })
    const { stream } = await awsClient(url).send(new ConverseStreamCommand(input))
    const read = async (): Promise<void> => {
      for await (const _ of stream ?? []);
    }
    await expect(read()).rejects.toBeInstanceOf(ThrottlingException)
  })

  test('gets an error with another key', async () => {
    const client = awsClient(start({ apiKey: 'right' }), 'wrong')
    await expect(client.send(new ConverseCommand(input))).rejects.toThrow(/Authentication failed/)
  })
})

describe("1.9 AWS's client counts", () => {
  const { modelId, messages } = input
  const toolConfig = {
    tools: [{ toolSpec: { name: 'Look', description: 'Looks at it.', inputSchema: { json: { type: 'object' } } } }],
  }
  const system = [{ text: 'Be brief.' }]

  test('1.9 the input tokens that a response is billed for', async () => {
    const client = awsClient(start({ countTokens: true }))
    const { inputTokens } = await client.send(
      new CountTokensCommand({ modelId, input: { converse: { messages, system, toolConfig } } }),
    )
    const { usage } = await client.send(new ConverseCommand({ ...input, system, toolConfig }))
    expect(inputTokens).toBeGreaterThan(5)
    expect(inputTokens).toBe(usage?.inputTokens)
  })

  test('1.9 with the same rules for requests', async () => {
    const client = awsClient(start({ countTokens: true }))
    const count = (converse: object, id = modelId) =>
      client.send(new CountTokensCommand({ modelId: id, input: { converse } }))
    await expect(count({ messages: [] })).rejects.toBeInstanceOf(ValidationException)
    await expect(count({ messages }, 'claude-unknown')).rejects.toThrow('model identifier is invalid')
    await expect(
      client.send(new CountTokensCommand({ modelId, input: { invokeModel: { body: new Uint8Array(2) } } })),
    ).rejects.toBeInstanceOf(ValidationException)
  })

  test('1.9 and gets UnknownOperationException from a server without that operation', async () => {
    const count = awsClient(start()).send(new CountTokensCommand({ modelId, input: { converse: { messages } } }))
    await expect(count).rejects.toMatchObject({ name: 'UnknownOperationException' })
  })
})
